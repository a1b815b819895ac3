// Highway compiles this file once for each SIMD target: foreach_target.h includes it again and again. The part under
// HWY_ONCE is compiled once, last.

#include "segue/math/kernels/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "segue/math/kernels/simd.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which defines the target.
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR  // see scalar.cpp
HWY_BEFORE_NAMESPACE();
namespace segue::math::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;
using Vec = hn::Vec<Floats>;

// The last n < lanes numbers, with 0 in the other lanes. Targets without masked loads would read beyond the end, so
// they copy.
HWY_INLINE Vec load_last(Floats d, const float* from, std::size_t n) {
#if HWY_MEM_OPS_MIGHT_FAULT
  HWY_ALIGN float lanes[HWY_MAX_BYTES / sizeof(float)] = {};
  for (std::size_t i = 0; i < n; ++i) lanes[i] = from[i];
  return hn::Load(d, lanes);
#else
  return hn::MaskedLoad(hn::FirstN(d, n), d, from);
#endif
}

// Four sums at once: an FMA takes four cycles and two can start in each, so one sum alone would leave seven eighths of
// the throughput unused.
HWY_INLINE float dot_of(const float* a, const float* b, std::size_t n) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  Vec sum0 = hn::Zero(d);
  Vec sum1 = hn::Zero(d);
  Vec sum2 = hn::Zero(d);
  Vec sum3 = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    sum0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum0);
    sum1 = hn::MulAdd(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes), sum1);
    sum2 = hn::MulAdd(hn::LoadU(d, a + i + 2 * lanes), hn::LoadU(d, b + i + 2 * lanes), sum2);
    sum3 = hn::MulAdd(hn::LoadU(d, a + i + 3 * lanes), hn::LoadU(d, b + i + 3 * lanes), sum3);
  }
  for (; i + lanes <= n; i += lanes) sum0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum0);
  if (i < n) sum1 = hn::MulAdd(load_last(d, a + i, n - i), load_last(d, b + i, n - i), sum1);
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3))));
}

float dot(const float* a, const float* b, std::size_t n) {
  return dot_of(a, b, n);
}

float squared_norm(const float* a, std::size_t n) {
  return dot_of(a, a, n);
}

// Row after row: several rows at a time would share the loads of the query, but read as many streams of one page, which
// the prefetcher does not follow. That reached half of this bandwidth (bench/search/index_bench).
void dot_rows(const float* query, MatrixView<const float> rows, float* out) {
  for (std::size_t row = 0; row < rows.rows; ++row) out[row] = dot_of(query, rows.row(row), rows.columns);
}

void axpy(float factor, const float* x, float* y, std::size_t n) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const Vec factors = hn::Set(d, factor);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    hn::StoreU(hn::MulAdd(factors, hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, y + i);
  }
  for (; i < n; ++i) y[i] += factor * x[i];
}

void scale(float factor, float* x, std::size_t n) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const Vec factors = hn::Set(d, factor);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(hn::Mul(factors, hn::LoadU(d, x + i)), d, x + i);
  for (; i < n; ++i) x[i] *= factor;
}

// Two registers of rows against six queries: twelve sums in registers cover the latency of the FMAs even with only
// sixteen registers, and only two of eight loads are of rows, so that the loads take less time than the arithmetic.
// Lanes are rows, so nothing is ever summed across a register.
std::uint32_t dot_panel(const float* panel, std::size_t columns, const float* queries, std::size_t stride,
                        const float* bars, float* out) {
  const hn::CappedTag<float, kPanelRows / 2> d;
  using V = hn::Vec<decltype(d)>;
  const std::size_t lanes = hn::Lanes(d);
  std::uint32_t above = 0;
  for (std::size_t first = 0; first < kPanelRows; first += 2 * lanes) {
    V a0 = hn::Zero(d), a1 = hn::Zero(d), a2 = hn::Zero(d), a3 = hn::Zero(d), a4 = hn::Zero(d), a5 = hn::Zero(d);
    V b0 = hn::Zero(d), b1 = hn::Zero(d), b2 = hn::Zero(d), b3 = hn::Zero(d), b4 = hn::Zero(d), b5 = hn::Zero(d);
    for (std::size_t c = 0; c < columns; ++c) {
      const V a = hn::LoadU(d, panel + c * kPanelRows + first);
      const V b = hn::LoadU(d, panel + c * kPanelRows + first + lanes);
      const auto add = [&](std::size_t q, V& sum_a, V& sum_b) HWY_ATTR {
        const V x = hn::Set(d, queries[q * stride + c]);
        sum_a = hn::MulAdd(x, a, sum_a);
        sum_b = hn::MulAdd(x, b, sum_b);
      };
      add(0, a0, b0);
      add(1, a1, b1);
      add(2, a2, b2);
      add(3, a3, b3);
      add(4, a4, b4);
      add(5, a5, b5);
    }
    const auto finish = [&](std::size_t q, V sum_a, V sum_b) HWY_ATTR {
      hn::StoreU(sum_a, d, out + q * kPanelRows + first);
      hn::StoreU(sum_b, d, out + q * kPanelRows + first + lanes);
      if (!hn::AllFalse(d, hn::Gt(hn::Max(sum_a, sum_b), hn::Set(d, bars[q])))) above |= std::uint32_t{1} << q;
    };
    finish(0, a0, b0);
    finish(1, a1, b1);
    finish(2, a2, b2);
    finish(3, a3, b3);
    finish(4, a4, b4);
    finish(5, a5, b5);
  }
  return above;
}

// Products of pairs are summed to 32 bits at once, so nothing can overflow below 2^17 codes.
std::int32_t dot_codes(const std::int8_t* a, const std::int8_t* b, std::size_t n) {
  const hn::CappedTag<std::int16_t, kCodesPerBlock> d;
  const hn::Rebind<std::int8_t, decltype(d)> narrow;
  const hn::RepartitionToWide<decltype(d)> wide;
  auto sum0 = hn::Zero(wide);
  auto sum1 = hn::Zero(wide);
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    const auto x = hn::PromoteTo(d, hn::LoadU(narrow, a + i));
    const auto y = hn::PromoteTo(d, hn::LoadU(narrow, b + i));
    sum0 = hn::ReorderWidenMulAccumulate(wide, x, y, sum0, sum1);
  }
  return hn::GetLane(hn::SumOfLanes(wide, hn::Add(sum0, sum1)));
}

// Four rows at once: they share the loads of the query, and no row's sum waits for another's.
void dot_code_rows(const std::int16_t* query, const std::int8_t* const* rows, std::size_t count, std::size_t n,
                   std::int32_t* out) {
  const hn::CappedTag<std::int16_t, kCodesPerBlock> d;
  const hn::Rebind<std::int8_t, decltype(d)> narrow;
  const hn::RepartitionToWide<decltype(d)> wide;
  using Sum = hn::Vec<decltype(wide)>;
  const std::size_t lanes = hn::Lanes(d);
  const auto add = [&](auto q, const std::int8_t* codes, Sum& low, Sum& high) HWY_ATTR {
    low = hn::ReorderWidenMulAccumulate(wide, q, hn::PromoteTo(d, hn::LoadU(narrow, codes)), low, high);
  };
  const auto sum = [&](Sum low, Sum high) HWY_ATTR { return hn::GetLane(hn::SumOfLanes(wide, hn::Add(low, high))); };
  std::size_t r = 0;
  for (; r + 4 <= count; r += 4) {
    Sum low0 = hn::Zero(wide), low1 = hn::Zero(wide), low2 = hn::Zero(wide), low3 = hn::Zero(wide);
    Sum high0 = hn::Zero(wide), high1 = hn::Zero(wide), high2 = hn::Zero(wide), high3 = hn::Zero(wide);
    for (std::size_t i = 0; i < n; i += lanes) {
      const auto q = hn::LoadU(d, query + i);
      add(q, rows[r] + i, low0, high0);
      add(q, rows[r + 1] + i, low1, high1);
      add(q, rows[r + 2] + i, low2, high2);
      add(q, rows[r + 3] + i, low3, high3);
    }
    out[r] = sum(low0, high0);
    out[r + 1] = sum(low1, high1);
    out[r + 2] = sum(low2, high2);
    out[r + 3] = sum(low3, high3);
  }
  for (; r < count; ++r) {
    Sum low = hn::Zero(wide), high = hn::Zero(wide);
    for (std::size_t i = 0; i < n; i += lanes) add(hn::LoadU(d, query + i), rows[r] + i, low, high);
    out[r] = sum(low, high);
  }
}

}  // namespace
}  // namespace segue::math::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

namespace segue::math {

Kernels kernels_for(Target<HWY_TARGET> target) {
  return {
      .name = target.name,
      .dot = HWY_NAMESPACE::dot,
      .dot_rows = HWY_NAMESPACE::dot_rows,
      .squared_norm = HWY_NAMESPACE::squared_norm,
      .axpy = HWY_NAMESPACE::axpy,
      .scale = HWY_NAMESPACE::scale,
      .dot_panel = HWY_NAMESPACE::dot_panel,
      .dot_codes = HWY_NAMESPACE::dot_codes,
      .dot_code_rows = HWY_NAMESPACE::dot_code_rows,
  };
}

}  // namespace segue::math
#endif  // HWY_TARGET != HWY_SCALAR

#if HWY_ONCE
namespace segue::math {

const KernelList<Kernels>& all_kernels() {
  static const KernelList<Kernels> list([](auto target) { return kernels_for(target); });
  return list;
}

}  // namespace segue::math
#endif  // HWY_ONCE
