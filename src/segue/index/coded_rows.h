// Vectors a second time, in a byte a number, for exact searches that look at every row: a quarter of the bytes to read
// tell which few rows have to be compared in full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "segue/base/large_pages.h"
#include "segue/math/codes.h"
#include "segue/math/matrix.h"
#include "segue/math/prefetch.h"

namespace segue::index {

// What codes may be wrong by. A row's cosine to a unit query is within `error` of `scale` times the product of codes.
struct RowCode {
  float scale = 0;
  float error = 0;  // the length of the row's vector less its codes'
};

// A cosine as codes tell it: the row's own is at most `error` away from it.
struct RoughCosine {
  float cosine = 0;
  float error = 0;
};

// `product`: of the codes of a unit query and of a row.
inline RoughCosine rough_cosine(const math::CodedQuery& query, const RowCode& row, std::int32_t product) {
  // What sums of so many floats, of vectors of length 1, may be off by.
  constexpr float kOfEach = 1e-7F;
  const float rounding = kOfEach * static_cast<float>(query.size() + 16);
  // The query's codes miss error() of it, the row's are no longer than 1 and what they miss.
  return {.cosine = query.scale() * row.scale * static_cast<float>(product),
          .error = row.error + query.error() * (1 + row.error) + rounding};
}

// Thread safe once made. A row is 1 byte a number, then what they may be wrong by; rows that a filter keeps lie far
// apart, so they are in large pages.
class CodedRows {
 public:
  CodedRows() = default;
  // Of unit vectors: row r times inverse_norms[r]. `threads` 0: all cores. Throws no_space.
  CodedRows(math::MatrixView<const float> vectors, std::span<const float> inverse_norms, std::size_t threads);

  std::size_t rows() const { return rows_; }
  const std::int8_t* codes(std::size_t row) const { return reinterpret_cast<const std::int8_t*>(at(row)); }
  const RowCode& of(std::size_t row) const { return *reinterpret_cast<const RowCode*>(at(row) + length_); }

  void prefetch_row(std::size_t row) const { math::prefetch(at(row), length_ + sizeof(RowCode)); }

 private:
  std::byte* at(std::size_t row) const { return bytes_.data() + row * (length_ + sizeof(RowCode)); }

  std::size_t rows_ = 0;
  std::size_t length_ = 0;  // of the codes of a row
  LargeArray<std::byte> bytes_;
};

}  // namespace segue::index
