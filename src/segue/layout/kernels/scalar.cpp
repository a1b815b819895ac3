// The kernels in plain C++: for machines without a SIMD target, and to test the others against.

#include <algorithm>
#include <array>
#include <cmath>

#include "segue/layout/kernels/tsne_kernels.h"

namespace segue::layout {
namespace {

void attract(const Affinities& affinities, const Point* points, std::size_t begin, std::size_t end, Point* forces) {
  for (std::size_t i = begin; i < end; ++i) {
    const Point at = points[i];
    Point force;
    for (std::uint64_t e = affinities.offsets[i]; e < affinities.offsets[i + 1]; ++e) {
      const Point other = points[affinities.columns[e]];
      const float dx = at.x - other.x;
      const float dy = at.y - other.y;
      const float pull = affinities.values[e] / (1 + (dx * dx + dy * dy));
      force.x += pull * dx;
      force.y += pull * dy;
    }
    forces[i] = force;
  }
}

double attraction_loss(const Affinities& affinities, const Point* points, std::size_t begin, std::size_t end) {
  double sum = 0;
  for (std::size_t i = begin; i < end; ++i) {
    for (std::uint64_t e = affinities.offsets[i]; e < affinities.offsets[i + 1]; ++e) {
      const Point other = points[affinities.columns[e]];
      const float dx = points[i].x - other.x;
      const float dy = points[i].y - other.y;
      sum += static_cast<double>(affinities.values[e] * std::log1p(dx * dx + dy * dy));
    }
  }
  return sum;
}

// The four cubic B-splines that are not 0 at t in [0, 1) between the second and the third node, and their slopes.
struct Spline {
  std::array<float, 4> value;
  std::array<float, 4> slope;
};
Spline spline_at(float t) {
  const float s = 1 - t;
  return {{s * s * s / 6, (4 + t * t * (3 * t - 6)) / 6, (4 + s * s * (3 * s - 6)) / 6, t * t * t / 6},
          {-s * s / 2, t * (3 * t - 4) / 2, -s * (3 * s - 4) / 2, t * t / 2}};
}

void spread(std::span<const Point> points, const GridPlace& place, std::size_t first, std::size_t last, float* grid) {
  for (const Point& point : points) {
    const float v = (point.y - place.y0) * place.scale;
    const auto row = static_cast<std::size_t>(v) - 1;
    if (row >= last || row + 4 <= first) continue;
    const float u = (point.x - place.x0) * place.scale;
    const auto column = static_cast<std::size_t>(u) - 1;
    const Spline x = spline_at(u - static_cast<float>(column + 1));
    const Spline y = spline_at(v - static_cast<float>(row + 1));
    for (std::size_t r = 0; r < 4; ++r) {
      if (row + r < first || row + r >= last) continue;
      float* nodes = grid + (row + r) * place.stride + column;
      for (std::size_t c = 0; c < 4; ++c) nodes[c] += y.value[r] * x.value[c];
    }
  }
}

double gather(std::span<const Point> points, const GridPlace& place, const float* grid, Point* forces) {
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const float u = (points[i].x - place.x0) * place.scale;
    const float v = (points[i].y - place.y0) * place.scale;
    const auto column = static_cast<std::size_t>(u) - 1;
    const auto row = static_cast<std::size_t>(v) - 1;
    const Spline x = spline_at(u - static_cast<float>(column + 1));
    const Spline y = spline_at(v - static_cast<float>(row + 1));
    float value = 0;
    Point slope;
    for (std::size_t r = 0; r < 4; ++r) {
      const float* nodes = grid + (row + r) * place.stride + column;
      for (std::size_t c = 0; c < 4; ++c) {
        value += y.value[r] * x.value[c] * nodes[c];
        slope.x += y.value[r] * x.slope[c] * nodes[c];
        slope.y += y.slope[r] * x.value[c] * nodes[c];
      }
    }
    forces[i] = {-0.5F * place.scale * slope.x, -0.5F * place.scale * slope.y};
    sum += static_cast<double>(value);
  }
  return sum;
}

double repel(std::span<const Point> points, std::size_t begin, std::size_t end, Point* forces) {
  double sum = 0;
  for (std::size_t i = begin; i < end; ++i) {
    Point force;
    float near = -1;  // w_ii = 1
    for (const Point& other : points) {
      const float dx = points[i].x - other.x;
      const float dy = points[i].y - other.y;
      const float w = 1 / (1 + (dx * dx + dy * dy));
      near += w;
      force.x += w * w * dx;
      force.y += w * w * dy;
    }
    forces[i] = force;
    sum += static_cast<double>(near);
  }
  return sum;
}

void move_one(float& at, float& velocity, float& gain, float gradient, float momentum) {
  gain = std::max(kLeastGain, gradient * velocity > 0 ? gain * 0.8F : gain + 0.2F);
  velocity = std::clamp(momentum * velocity - gain * gradient, -kLongestStep, kLongestStep);
  at += velocity;
}

void move(const TsneState& state, const TsneStep& step, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    const Point a = state.attractions[i];
    const Point r = state.repulsions[i];
    move_one(state.points[i].x, state.velocities[i].x, state.gains[i].x, step.attract * a.x - step.repel * r.x,
             step.momentum);
    move_one(state.points[i].y, state.velocities[i].y, state.gains[i].y, step.attract * a.y - step.repel * r.y,
             step.momentum);
  }
}

GaussianSums gaussian_sums(const double* distances, std::size_t count, double b) {
  GaussianSums sums;
  for (std::size_t j = 0; j < count; ++j) {
    const double weight = std::exp(-b * distances[j]);
    sums.weights += weight;
    sums.distances += weight * distances[j];
    sums.squares += weight * distances[j] * distances[j];
  }
  return sums;
}

void gaussian_weights(const double* distances, std::size_t count, double b, double scale, float* out) {
  for (std::size_t j = 0; j < count; ++j) out[j] = static_cast<float>(scale * std::exp(-b * distances[j]));
}

}  // namespace

TsneKernels kernels_for(math::ScalarTarget target) {
  return {
      .name = target.name,
      .attract = attract,
      .attraction_loss = attraction_loss,
      .spread = spread,
      .gather = gather,
      .repel = repel,
      .move = move,
      .gaussian_sums = gaussian_sums,
      .gaussian_weights = gaussian_weights,
  };
}

}  // namespace segue::layout
