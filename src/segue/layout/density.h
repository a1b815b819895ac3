// How densely the songs lie, on a square grid laid over the map.
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

  std::size_t cell_of(Point point) const;  // row * side + column; points outside count to the nearest cell
  Point centre_of(std::size_t cell_number) const;
};

// The smallest such square with a margin of `margin` of its width on each side. REQUIRES: side > 0.
GridFrame frame_around(const Layout& layout, std::size_t side, float margin);

// Songs in each cell.
std::vector<float> count_cells(const Layout& layout, const GridFrame& frame);

// Gaussian smoothing with standard deviation `sigma` cells, by three running means a direction (Wells 1986), in time
// that does not depend on sigma; outside of the grid there is nothing. The sum stays but for what leaves the grid.
void smooth(std::vector<float>& grid, std::size_t side, double sigma);

}  // namespace segue::layout
