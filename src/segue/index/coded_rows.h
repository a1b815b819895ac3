// Vectors a second time, in a byte a number, for exact searches that look at every row: a quarter of the bytes to read
// tell which few rows have to be compared in full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "segue/math/matrix.h"
#include "segue/math/prefetch.h"

namespace segue {

// What codes may be wrong by. A row's cosine to a unit query is within `error` of `scale` times the product of codes.
struct RowCode {
  float scale = 0;
  float error = 0;  // the length of the row's vector less its codes'
};

// Thread safe once made. 1 byte a number and 8 a row.
class CodedRows {
 public:
  CodedRows() = default;
  // Of unit vectors: row r times inverse_norms[r]. `threads` 0: all cores. Throws no_space.
  CodedRows(MatrixView<const float> vectors, std::span<const float> inverse_norms, std::size_t threads);

  std::size_t rows() const { return of_rows_.size(); }
  const std::int8_t* codes(std::size_t row) const { return codes_.get() + row * length_; }
  const RowCode& of(std::size_t row) const { return of_rows_[row]; }

  void prefetch_row(std::size_t row) const {
    prefetch(codes(row), length_);
    prefetch(&of(row), sizeof(RowCode));
  }

 private:
  struct Free {
    void operator()(std::int8_t* codes) const { std::free(codes); }
  };
  // In large pages where the system has them: rows that a filter keeps lie far apart, and finding the page of each
  // would take longer than reading it.
  static std::unique_ptr<std::int8_t[], Free> allocate(std::size_t bytes);

  std::size_t length_ = 0;  // bytes of a row
  std::unique_ptr<std::int8_t[], Free> codes_;
  std::vector<RowCode> of_rows_;
};

}  // namespace segue
