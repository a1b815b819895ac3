// A second copy of the vectors, one byte for each number, for exact searches of all rows: it takes a quarter of the
// bytes to tell which few rows need a full comparison.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "segue/base/large_pages.h"
#include "segue/math/codes.h"
#include "segue/math/matrix.h"
#include "segue/math/prefetch.h"

namespace segue::index {

// The error of codes: a row's cosine to a unit query is within `error` of `scale` times the product of codes.
struct RowCode {
  float scale = 0;
  float error = 0;  // the length of the difference between the row's vector and its codes
};

// A cosine estimated from codes: the exact one is at most `error` away from it.
struct RoughCosine {
  float cosine = 0;
  float error = 0;
};

// `product`: of the codes of a unit query and of a row.
inline RoughCosine rough_cosine(const math::CodedQuery& query, const RowCode& row, std::int32_t product) {
  // Rounding of sums of that many floats, of vectors of length 1.
  constexpr float kOfEach = 1e-7F;
  const float rounding = kOfEach * static_cast<float>(query.size() + 16);
  // The query's codes miss error() of it; the row's are no longer than 1 plus their own error.
  return {.cosine = query.scale() * row.scale * static_cast<float>(product),
          .error = row.error + query.error() * (1 + row.error) + rounding};
}

// Thread safe once made. A row is its codes, then their error; rows that a filter keeps lie far apart, so they are in
// large pages.
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
  std::size_t length_ = 0;  // of a row's codes
  LargeArray<std::byte> bytes_;
};

}  // namespace segue::index
