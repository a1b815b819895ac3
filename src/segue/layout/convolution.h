// Sums of a radial function over charges on a grid, at all nodes at once, as a product in Fourier space.
#pragma once

#include <cstddef>
#include <memory>

#include "segue/layout/team.h"
#include "segue/math/matrix.h"

namespace segue::layout {

// Charges and results are coefficients of cubic B-splines. The B-splines' sampling is divided out on both sides, so
// that charges spread and read by B-splines give the cubic spline through the exact values at the nodes.
class Convolution {
 public:
  // For grids of up to `rows` x `columns` nodes (it may allocate more), `spacing` apart. The function is
  // K(r) = 1 / (1 + r^2). Throws no_space.
  Convolution(std::size_t rows, std::size_t columns, double spacing, Team& team);
  ~Convolution();
  Convolution(const Convolution&) = delete;
  Convolution& operator=(const Convolution&) = delete;

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  double spacing() const { return spacing_; }

  // The nodes, rows() x columns(). The padding of rows must not be changed.
  math::MatrixView<float> grid() { return {grid_.view().data, rows_, columns_, grid_.view().stride}; }

  // Replaces the charges on the first `used_rows` rows by the sums there. Later rows are ignored.
  void apply(std::size_t used_rows, Team& team);

  // The periodic length for this many nodes: large enough to avoid wrap-around, and fast to transform; and how many
  // nodes fit into such a length.
  static std::size_t length_for(std::size_t nodes);
  static std::size_t nodes_in(std::size_t length);

 private:
  struct Plan;
  void make_kernel(Team& team);
  void transform_rows(std::size_t used_rows, Team& team);
  void multiply_columns(std::size_t used_rows, Team& team);
  void transform_rows_back(std::size_t used_rows, Team& team);

  std::size_t width_;  // of the periodic grid
  std::size_t height_;
  std::size_t rows_;
  std::size_t columns_;
  double spacing_;
  std::unique_ptr<Plan> plan_;
  math::Matrix grid_;
  math::Matrix spectrum_;  // width_ / 2 + 1 complex numbers a row
  math::Matrix
      kernel_;  // row c is the transform's column c, real: height_ / 2 + 1 numbers, the rest is their mirror image
};

}  // namespace segue::layout
