// The kernels in plain C++: for machines without a SIMD target, and to test the others against.

#include "segue/math/kernels/kernels.h"

namespace segue::math {

namespace {

float dot(const float* a, const float* b, std::size_t n) {
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

void dot_rows(const float* query, MatrixView<const float> rows, float* out) {
  for (std::size_t row = 0; row < rows.rows; ++row) out[row] = dot(query, rows.row(row), rows.columns);
}

float squared_norm(const float* a, std::size_t n) {
  return dot(a, a, n);
}

void axpy(float factor, const float* x, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] += factor * x[i];
}

void scale(float factor, float* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) x[i] *= factor;
}

std::uint32_t dot_panel(const float* panel, std::size_t columns, const float* queries, std::size_t stride,
                        const float* bars, float* out) {
  std::uint32_t above = 0;
  for (std::size_t q = 0; q < kPanelQueries; ++q) {
    for (std::size_t r = 0; r < kPanelRows; ++r) {
      float sum = 0;
      for (std::size_t c = 0; c < columns; ++c) sum += queries[q * stride + c] * panel[c * kPanelRows + r];
      out[q * kPanelRows + r] = sum;
      if (sum > bars[q]) above |= std::uint32_t{1} << q;
    }
  }
  return above;
}

std::int32_t dot_codes(const std::int8_t* a, const std::int8_t* b, std::size_t n) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

void dot_code_rows(const std::int16_t* query, const std::int8_t* const* rows, std::size_t count, std::size_t n,
                   std::int32_t* out) {
  for (std::size_t r = 0; r < count; ++r) {
    out[r] = 0;
    for (std::size_t i = 0; i < n; ++i) out[r] += query[i] * rows[r][i];
  }
}

}  // namespace

Kernels kernels_for(ScalarTarget target) {
  return {
      .name = target.name,
      .dot = dot,
      .dot_rows = dot_rows,
      .squared_norm = squared_norm,
      .axpy = axpy,
      .scale = scale,
      .dot_panel = dot_panel,
      .dot_codes = dot_codes,
      .dot_code_rows = dot_code_rows,
  };
}

}  // namespace segue::math
