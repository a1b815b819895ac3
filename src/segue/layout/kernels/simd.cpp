// Highway compiles this file once for each SIMD target: foreach_target.h includes it again and again. The part under
// HWY_ONCE is compiled once, last.

#include <algorithm>
#include <array>
#include <cstring>

#include "segue/layout/kernels/tsne_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "segue/layout/kernels/simd.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which defines the target.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR  // see scalar.cpp
HWY_BEFORE_NAMESPACE();
namespace segue::layout::HWY_NAMESPACE {

namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Floats>;
using Four = hn::FixedTag<float, 4>;
using Vec4 = hn::Vec<Four>;

// Affinities are processed in blocks of this size: their points are fetched first, eight bytes each, and then loaded as
// registers of x and of y. That is faster than gathering lanes, which processors do one after another as well.
constexpr std::size_t kBlock = 64;

static_assert(sizeof(Point) == 2 * sizeof(float));

struct Neighbours {
  HWY_ALIGN std::array<Point, kBlock> points;
  HWY_ALIGN std::array<float, kBlock> values;
};

// The points of up to kBlock columns, padded to whole registers with copies of `at` of weight 0.
HWY_INLINE std::size_t fetch(const Affinities& affinities, const Point* points, std::uint64_t first, std::size_t count,
                             Point at, Neighbours& to) {
  const std::uint32_t* columns = affinities.columns.data() + first;
  for (std::size_t e = 0; e < count; ++e) std::memcpy(&to.points[e], points + columns[e], sizeof(Point));
  std::memcpy(to.values.data(), affinities.values.data() + first, count * sizeof(float));
  const std::size_t lanes = hn::Lanes(Floats());
  const std::size_t whole = (count + lanes - 1) / lanes * lanes;
  for (std::size_t e = count; e < whole; ++e) {
    to.points[e] = at;
    to.values[e] = 0;
  }
  return whole;
}

void attract(const Affinities& affinities, const Point* points, std::size_t begin, std::size_t end, Point* forces) {
  const Floats d;
  const Vec one = hn::Set(d, 1.0F);
  Neighbours near;
  for (std::size_t i = begin; i < end; ++i) {
    const Point at = points[i];
    const Vec x = hn::Set(d, at.x);
    const Vec y = hn::Set(d, at.y);
    Vec force_x = hn::Zero(d);
    Vec force_y = hn::Zero(d);
    for (std::uint64_t first = affinities.offsets[i]; first < affinities.offsets[i + 1]; first += kBlock) {
      const std::size_t count = std::min<std::uint64_t>(kBlock, affinities.offsets[i + 1] - first);
      const std::size_t whole = fetch(affinities, points, first, count, at, near);
      for (std::size_t e = 0; e < whole; e += hn::Lanes(d)) {
        Vec to_x, to_y;
        hn::LoadInterleaved2(d, &near.points[e].x, to_x, to_y);
        const Vec dx = hn::Sub(x, to_x);
        const Vec dy = hn::Sub(y, to_y);
        const Vec away = hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, one));
        const Vec pull = hn::Div(hn::Load(d, &near.values[e]), away);
        force_x = hn::MulAdd(pull, dx, force_x);
        force_y = hn::MulAdd(pull, dy, force_y);
      }
    }
    forces[i] = {hn::GetLane(hn::SumOfLanes(d, force_x)), hn::GetLane(hn::SumOfLanes(d, force_y))};
  }
}

double attraction_loss(const Affinities& affinities, const Point* points, std::size_t begin, std::size_t end) {
  const Floats d;
  Neighbours near;
  double sum = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const Point at = points[i];
    Vec loss = hn::Zero(d);
    for (std::uint64_t first = affinities.offsets[i]; first < affinities.offsets[i + 1]; first += kBlock) {
      const std::size_t count = std::min<std::uint64_t>(kBlock, affinities.offsets[i + 1] - first);
      const std::size_t whole = fetch(affinities, points, first, count, at, near);
      for (std::size_t e = 0; e < whole; e += hn::Lanes(d)) {
        Vec to_x, to_y;
        hn::LoadInterleaved2(d, &near.points[e].x, to_x, to_y);
        const Vec dx = hn::Sub(hn::Set(d, at.x), to_x);
        const Vec dy = hn::Sub(hn::Set(d, at.y), to_y);
        const Vec away = hn::MulAdd(dx, dx, hn::Mul(dy, dy));
        loss = hn::MulAdd(hn::Load(d, &near.values[e]), hn::Log1p(d, away), loss);
      }
    }
    sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, loss)));
  }
  return sum;
}

// The four cubic B-splines that are not 0 at t in [0, 1) between the second and the third node, a lane each.
HWY_INLINE Vec4 constants(float a, float b, float c, float e) {
  HWY_ALIGN const float lanes[4] = {a, b, c, e};
  return hn::Load(Four(), lanes);
}

struct Spline {
  Vec4 cube, square, linear, constant;
  Vec4 slope_square, slope_linear;

  HWY_INLINE Vec4 value(float at) const {
    const Vec4 t = hn::Set(Four(), at);
    return hn::MulAdd(hn::MulAdd(hn::MulAdd(cube, t, square), t, linear), t, constant);
  }
  HWY_INLINE Vec4 slope(float at) const {
    const Vec4 t = hn::Set(Four(), at);
    return hn::MulAdd(hn::MulAdd(slope_square, t, slope_linear), t, linear);
  }
};

HWY_INLINE Spline make_spline() {
  return {
      constants(-1 / 6.0F, 0.5F, -0.5F, 1 / 6.0F), constants(0.5F, -1, 0.5F, 0),        constants(-0.5F, 0, 0.5F, 0),
      constants(1 / 6.0F, 4 / 6.0F, 1 / 6.0F, 0),  constants(-0.5F, 1.5F, -1.5F, 0.5F), constants(1, -2, 1, 0)};
}

template <int kLane>
HWY_INLINE Vec4 lane(Vec4 v) {
  return hn::Broadcast<kLane>(v);
}

void spread(std::span<const Point> points, const GridPlace& place, std::size_t first, std::size_t last, float* grid) {
  const Four d;
  const Spline spline = make_spline();
  for (const Point& point : points) {
    const float v = (point.y - place.y0) * place.scale;
    const auto above = static_cast<std::int32_t>(v);
    const auto row = static_cast<std::size_t>(above - 1);
    if (row >= last || row + 4 <= first) continue;
    const float u = (point.x - place.x0) * place.scale;
    const auto left = static_cast<std::int32_t>(u);
    const Vec4 x = spline.value(u - static_cast<float>(left));
    const Vec4 y = spline.value(v - static_cast<float>(above));
    float* nodes = grid + row * place.stride + static_cast<std::size_t>(left - 1);
    const auto add = [&](std::size_t r, Vec4 weight) HWY_ATTR {
      float* at = nodes + r * place.stride;
      hn::StoreU(hn::MulAdd(weight, x, hn::LoadU(d, at)), d, at);
    };
    if (row >= first && row + 4 <= last) {
      add(0, lane<0>(y));
      add(1, lane<1>(y));
      add(2, lane<2>(y));
      add(3, lane<3>(y));
    } else {
      if (row >= first) add(0, lane<0>(y));
      if (row + 1 >= first && row + 1 < last) add(1, lane<1>(y));
      if (row + 2 >= first && row + 2 < last) add(2, lane<2>(y));
      if (row + 3 < last) add(3, lane<3>(y));
    }
  }
}

double gather(std::span<const Point> points, const GridPlace& place, const float* grid, Point* forces) {
  const Four d;
  const Spline spline = make_spline();
  const float size = -0.5F * place.scale;
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const float u = (points[i].x - place.x0) * place.scale;
    const float v = (points[i].y - place.y0) * place.scale;
    const auto left = static_cast<std::int32_t>(u);
    const auto above = static_cast<std::int32_t>(v);
    const float s = u - static_cast<float>(left);
    const float t = v - static_cast<float>(above);
    const Vec4 y = spline.value(t);
    const Vec4 y_slope = spline.slope(t);
    const float* nodes = grid + static_cast<std::size_t>(above - 1) * place.stride + static_cast<std::size_t>(left - 1);
    const Vec4 row0 = hn::LoadU(d, nodes);
    const Vec4 row1 = hn::LoadU(d, nodes + place.stride);
    const Vec4 row2 = hn::LoadU(d, nodes + 2 * place.stride);
    const Vec4 row3 = hn::LoadU(d, nodes + 3 * place.stride);
    const auto down = [&](Vec4 weights) HWY_ATTR {
      const Vec4 a = hn::MulAdd(lane<1>(weights), row1, hn::Mul(lane<0>(weights), row0));
      return hn::MulAdd(lane<3>(weights), row3, hn::MulAdd(lane<2>(weights), row2, a));
    };
    const Vec4 across = down(y);
    const Vec4 x = spline.value(s);
    sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, hn::Mul(across, x))));
    forces[i] = {size * hn::GetLane(hn::SumOfLanes(d, hn::Mul(across, spline.slope(s)))),
                 size * hn::GetLane(hn::SumOfLanes(d, hn::Mul(down(y_slope), x)))};
  }
  return sum;
}

double repel(std::span<const Point> points, std::size_t begin, std::size_t end, Point* forces) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const Vec one = hn::Set(d, 1.0F);
  const std::size_t whole = points.size() / lanes * lanes;
  double sum = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const Vec x = hn::Set(d, points[i].x);
    const Vec y = hn::Set(d, points[i].y);
    Vec near = hn::Zero(d);
    Vec force_x = hn::Zero(d);
    Vec force_y = hn::Zero(d);
    for (std::size_t j = 0; j < whole; j += lanes) {
      Vec to_x, to_y;
      hn::LoadInterleaved2(d, &points[j].x, to_x, to_y);
      const Vec dx = hn::Sub(x, to_x);
      const Vec dy = hn::Sub(y, to_y);
      const Vec w = hn::Div(one, hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, one)));
      const Vec push = hn::Mul(w, w);
      near = hn::Add(near, w);
      force_x = hn::MulAdd(push, dx, force_x);
      force_y = hn::MulAdd(push, dy, force_y);
    }
    Point force{hn::GetLane(hn::SumOfLanes(d, force_x)), hn::GetLane(hn::SumOfLanes(d, force_y))};
    float sum_here = hn::GetLane(hn::SumOfLanes(d, near)) - 1;  // w_ii = 1
    for (std::size_t j = whole; j < points.size(); ++j) {
      const float dx = points[i].x - points[j].x;
      const float dy = points[i].y - points[j].y;
      const float w = 1 / (1 + (dx * dx + dy * dy));
      sum_here += w;
      force = {force.x + w * w * dx, force.y + w * w * dy};
    }
    forces[i] = force;
    sum += static_cast<double>(sum_here);
  }
  return sum;
}

// Coordinates are processed one after another, x and y alike.
void move(const TsneState& state, const TsneStep& step, std::size_t begin, std::size_t end) {
  const Floats d;
  float* at = &state.points->x;
  float* velocities = &state.velocities->x;
  float* gains = &state.gains->x;
  const float* attractions = &state.attractions->x;
  const float* repulsions = &state.repulsions->x;
  const Vec attract = hn::Set(d, step.attract);
  const Vec repel = hn::Set(d, step.repel);
  const Vec momentum = hn::Set(d, step.momentum);
  const auto some = [&](std::size_t i, auto load, auto store) HWY_ATTR {
    const Vec gradient = hn::NegMulAdd(repel, load(repulsions + i), hn::Mul(attract, load(attractions + i)));
    const Vec before = load(velocities + i);
    const Vec gain = load(gains + i);
    const auto turned = hn::Gt(hn::Mul(gradient, before), hn::Zero(d));
    const Vec changed = hn::IfThenElse(turned, hn::Mul(gain, hn::Set(d, 0.8F)), hn::Add(gain, hn::Set(d, 0.2F)));
    const Vec kept = hn::Max(changed, hn::Set(d, kLeastGain));
    const Vec velocity = hn::Clamp(hn::NegMulAdd(kept, gradient, hn::Mul(momentum, before)), hn::Set(d, -kLongestStep),
                                   hn::Set(d, kLongestStep));
    store(kept, gains + i);
    store(velocity, velocities + i);
    store(hn::Add(load(at + i), velocity), at + i);
  };
  std::size_t i = 2 * begin;
  for (; i + hn::Lanes(d) <= 2 * end; i += hn::Lanes(d)) {
    some(
        i, [&](const float* from) HWY_ATTR { return hn::LoadU(d, from); },
        [&](Vec v, float* to) HWY_ATTR { hn::StoreU(v, d, to); });
  }
  const std::size_t left = 2 * end - i;
  if (left == 0) return;
  HWY_ALIGN std::array<float, 16> lanes = {};
  some(
      i,
      [&](const float* from) HWY_ATTR {
        std::memcpy(lanes.data(), from, left * sizeof(float));
        return hn::Load(d, lanes.data());
      },
      [&](Vec v, float* to) HWY_ATTR {
        hn::Store(v, d, lanes.data());
        std::memcpy(to, lanes.data(), left * sizeof(float));
      });
}

using Doubles = hn::ScalableTag<double>;

GaussianSums gaussian_sums(const double* distances, std::size_t count, double b) {
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

void gaussian_weights(const double* distances, std::size_t count, double b, double scale, float* out) {
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

namespace segue::layout {

TsneKernels kernels_for(math::Target<HWY_TARGET> target) {
  return {
      .name = target.name,
      .attract = HWY_NAMESPACE::attract,
      .attraction_loss = HWY_NAMESPACE::attraction_loss,
      .spread = HWY_NAMESPACE::spread,
      .gather = HWY_NAMESPACE::gather,
      .repel = HWY_NAMESPACE::repel,
      .move = HWY_NAMESPACE::move,
      .gaussian_sums = HWY_NAMESPACE::gaussian_sums,
      .gaussian_weights = HWY_NAMESPACE::gaussian_weights,
  };
}

}  // namespace segue::layout
#endif  // HWY_TARGET != HWY_SCALAR

#if HWY_ONCE
namespace segue::layout {

const math::KernelList<TsneKernels>& all_tsne_kernels() {
  static const math::KernelList<TsneKernels> list([](auto target) { return kernels_for(target); });
  return list;
}

}  // namespace segue::layout
#endif  // HWY_ONCE
