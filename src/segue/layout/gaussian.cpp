// This file is compiled once for each SIMD target (foreach_target.h includes it again and again).
#include "segue/layout/gaussian.h"

#include <cstdint>

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "segue/layout/gaussian.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which defines the target.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace segue::layout::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Doubles = hn::ScalableTag<double>;

GaussianSums sums(const double* distances, std::size_t count, double b) {
  const Doubles d;
  auto weights = hn::Zero(d);
  auto weighted = hn::Zero(d);
  auto squares = hn::Zero(d);
  const auto add = [&](auto distance, auto weight) HWY_ATTR {
    const auto product = hn::Mul(weight, distance);
    weights = hn::Add(weights, weight);
    weighted = hn::Add(weighted, product);
    squares = hn::MulAdd(product, distance, squares);
  };
  const auto minus_b = hn::Set(d, -b);
  std::size_t j = 0;
  for (; j + hn::Lanes(d) <= count; j += hn::Lanes(d)) {
    const auto distance = hn::LoadU(d, distances + j);
    add(distance, hn::Exp(d, hn::Mul(minus_b, distance)));
  }
  if (j < count) {
    HWY_ALIGN double lanes[HWY_MAX_BYTES / sizeof(double)] = {};
    for (std::size_t i = j; i < count; ++i) lanes[i - j] = distances[i];
    const auto distance = hn::Load(d, lanes);
    add(distance, hn::IfThenElseZero(hn::FirstN(d, count - j), hn::Exp(d, hn::Mul(minus_b, distance))));
  }
  return {hn::GetLane(hn::SumOfLanes(d, weights)), hn::GetLane(hn::SumOfLanes(d, weighted)),
          hn::GetLane(hn::SumOfLanes(d, squares))};
}

void weights(const double* distances, std::size_t count, double b, double scale, float* out) {
  const Doubles d;
  const hn::Rebind<float, Doubles> f;
  for (std::size_t j = 0; j < count; j += hn::Lanes(d)) {
    HWY_ALIGN double lanes[HWY_MAX_BYTES / sizeof(double)] = {};
    HWY_ALIGN float results[HWY_MAX_BYTES / sizeof(double)];
    const std::size_t some = HWY_MIN(count - j, hn::Lanes(d));
    for (std::size_t i = 0; i < some; ++i) lanes[i] = distances[j + i];
    const auto weight = hn::Exp(d, hn::Mul(hn::Set(d, -b), hn::Load(d, lanes)));
    hn::Store(hn::DemoteTo(f, hn::Mul(hn::Set(d, scale), weight)), f, results);
    for (std::size_t i = 0; i < some; ++i) out[j + i] = results[i];
  }
}

}  // namespace
}  // namespace segue::layout::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace segue::layout {
namespace {
HWY_EXPORT(sums);
HWY_EXPORT(weights);
}  // namespace

GaussianSums gaussian_sums(const double* distances, std::size_t count, double b) {
  return HWY_DYNAMIC_DISPATCH(sums)(distances, count, b);
}

void gaussian_weights(const double* distances, std::size_t count, double b, double scale, float* out) {
  HWY_DYNAMIC_DISPATCH(weights)(distances, count, b, scale, out);
}

}  // namespace segue::layout
#endif  // HWY_ONCE
