// The density of songs on a square grid over the map.
#pragma once

#include <cstddef>
#include <vector>

#include "segue/layout/layout.h"

namespace segue::layout {

// A square around all points: cell (column, row) of a side x side grid begins at origin + cell * (column, row).
struct GridFrame {
  Point origin;
  float cell = 1;
  std::size_t side = 0;

  std::size_t cell_of(Point point) const;  // row * side + column; points outside belong to the nearest cell
  Point centre_of(std::size_t cell_number) const;
};

// The smallest such square with a margin of `margin` of its width on each side. REQUIRES: side > 0.
GridFrame frame_around(const Layout& layout, std::size_t side, float margin);

// Songs in each cell.
std::vector<float> count_cells(const Layout& layout, const GridFrame& frame);

// Gaussian smoothing with a standard deviation of `sigma` cells, by three running means in each direction (Wells 1986),
// in time independent of sigma. Outside the grid all is 0. The sum is preserved except for the part that leaves the
// grid.
void smooth(std::vector<float>& grid, std::size_t side, double sigma);

}  // namespace segue::layout
