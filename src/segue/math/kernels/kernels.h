// The inner loops of search: dot products, sums and scaling of vectors.
//
// Rows may have any length and any alignment of a float. Sums are in float; the order of summing, and so the last bits,
// differ between targets but not from call to call. dot_rows sums every row in the same order, wherever it lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "segue/math/kernel_list.h"
#include "segue/math/matrix.h"

namespace segue::math {

// A panel is this many rows, interleaved: number c of its row r at [c * kPanelRows + r] (math/packed_rows.h).
inline constexpr std::size_t kPanelRows = 32;
inline constexpr std::size_t kPanelQueries = 6;
// Codes come in blocks of this many, so that no kernel has to handle a remainder.
inline constexpr std::size_t kCodesPerBlock = 32;

struct Kernels {
  std::string_view name;  // of its SimdTarget
  // sum a[i] * b[i]
  float (*dot)(const float* a, const float* b, std::size_t n);
  // out[r] = sum query[i] * rows.row(r)[i]; query has rows.columns numbers, out rows.rows
  void (*dot_rows)(const float* query, MatrixView<const float> rows, float* out);
  // sum a[i]^2
  float (*squared_norm)(const float* a, std::size_t n);
  // y[i] += factor * x[i]
  void (*axpy)(float factor, const float* x, float* y, std::size_t n);
  // x[i] *= factor
  void (*scale)(float factor, float* x, std::size_t n);
  // out[q * kPanelRows + r] = query q . row r of the panel, for kPanelQueries queries that start `stride` numbers
  // apart. Returns a bit for each query, set where one of its products is above bars[q].
  std::uint32_t (*dot_panel)(const float* panel, std::size_t columns, const float* queries, std::size_t stride,
                             const float* bars, float* out);
  // sum a[i] * b[i] of n codes from -127 to 127 (math/codes.h), n a multiple of kCodesPerBlock. Exact.
  std::int32_t (*dot_codes)(const std::int8_t* a, const std::int8_t* b, std::size_t n);
  // out[r] = sum query[i] * rows[r][i] of n codes, n a multiple of kCodesPerBlock, for `count` rows anywhere in memory.
  // Exact. REQUIRES: rows have codes from -127 to 127, and 127 * sum |query[i]| < 2^31
  void (*dot_code_rows)(const std::int16_t* query, const std::int8_t* const* rows, std::size_t count, std::size_t n,
                        std::int32_t* out);
};

Kernels kernels_for(ScalarTarget target);  // scalar.cpp

const KernelList<Kernels>& all_kernels();

inline const Kernels& best_kernels() {
  return all_kernels().best();
}

}  // namespace segue::math
