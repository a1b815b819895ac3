// Rows laid out for products with many queries at once.
//
// Panels of kPanelRows rows are interleaved, so that a register holds the same number of neighbouring rows: products
// are summed without ever adding across a register, and a panel of 128 columns is 16 kB, which stays in the first-level
// cache while every query of a batch passes over it.
#pragma once

#include <cstddef>

#include "segue/math/kernels/kernels.h"
#include "segue/math/matrix.h"

namespace segue::math {

// Owns a packed copy. Thread safe once made.
class PackedRows {
 public:
  PackedRows() = default;
  PackedRows(std::size_t rows, std::size_t columns);  // all 0. Throws no_space

  // numbers has columns() numbers. Different rows may be set from different threads.
  void set_row(std::size_t row, const float* numbers);

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  std::size_t panels() const { return data_.rows(); }
  // Rows from p * kPanelRows on; numbers beyond the last row are 0.
  const float* panel(std::size_t p) const { return data_.view().row(p); }

 private:
  Matrix data_;  // a row is a panel
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace segue::math
