// The sum of a radial function over charges on a grid, at all nodes at once: a product in Fourier space.
#pragma once

#include <cstddef>
#include <memory>

#include "segue/layout/team.h"
#include "segue/math/matrix.h"

namespace segue::layout {

// Charges are coefficients of cubic B-splines and so is the result: both sides' sampling is divided out, so that
// charges spread by B-splines and read by B-splines give, between nodes, the cubic spline through the exact values.
class Convolution {
 public:
  // For grids of up to `rows` x `columns` nodes, at least as many are allocated, `spacing` apart; the function is
  // K(r) = 1 / (1 + r^2). Throws no_space.
  Convolution(std::size_t rows, std::size_t columns, double spacing, Team& team);
  ~Convolution();
  Convolution(const Convolution&) = delete;
  Convolution& operator=(const Convolution&) = delete;

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  double spacing() const { return spacing_; }

  // The nodes, rows() x columns(); what pads the rows is to be left alone.
  math::MatrixView<float> grid() { return {grid_.view().data, rows_, columns_, grid_.view().stride}; }

  // Replaces the charges on the first `used_rows` rows by the sums there. What lies on later rows is not looked at.
  void apply(std::size_t used_rows, Team& team);

  // What a grid for so many nodes is made of: the next larger length that the transform is fast for and that leaves no
  // wrapping round; and how many nodes that length has room for.
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
  math::Matrix kernel_;    // row c is the transform's column c, real: height_ / 2 + 1 numbers, the others mirror them
};

}  // namespace segue::layout
