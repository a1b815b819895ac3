#include "segue/layout/placement.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/parallel.h"

namespace segue::layout {
namespace {

constexpr int kMostPlacementSteps = 100;
constexpr double kPlacementSettled = 1e-4;

struct Place {
  double x = 0;
  double y = 0;
};

Place to_place(Point point) {
  return {static_cast<double>(point.x), static_cast<double>(point.y)};
}
Point to_point(Place place) {
  return {static_cast<float>(place.x), static_cast<float>(place.y)};
}
double squared_distance(Place a, Place b) {
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

struct Attractor {
  Place at;
  double p = 0;
};

double loss_at(Place y, const std::vector<Attractor>& attractors) {
  double loss = 0;
  for (const Attractor& one : attractors) loss += one.p * std::log1p(squared_distance(y, one.at));
  return loss;
}

// Starts at the best of the attractors. Each step goes to their mean, weighted by p w, which never raises the loss
// because the logarithm lies below its tangent.
Place least_attracted(const std::vector<Attractor>& attractors) {
  Place y = attractors.front().at;
  double least = loss_at(y, attractors);
  for (const Attractor& one : attractors) {
    const double loss = loss_at(one.at, attractors);
    if (loss < least) {
      least = loss;
      y = one.at;
    }
  }
  for (int step = 0; step < kMostPlacementSteps; ++step) {
    Place sum;
    double weights = 0;
    for (const Attractor& one : attractors) {
      const double weight = one.p / (1 + squared_distance(y, one.at));
      sum = {sum.x + weight * one.at.x, sum.y + weight * one.at.y};
      weights += weight;
    }
    const Place next{sum.x / weights, sum.y / weights};
    const bool settled = squared_distance(next, y) < kPlacementSettled * kPlacementSettled;
    y = next;
    if (settled) break;
  }
  return y;
}

Place mean_of(const Layout& points) {
  Place sum;
  for (const Point& point : points) {
    sum = {sum.x + static_cast<double>(point.x), sum.y + static_cast<double>(point.y)};
  }
  const auto n = static_cast<double>(std::max<std::size_t>(points.size(), 1));
  return {sum.x / n, sum.y / n};
}

}  // namespace

Layout place_by_neighbours(const Layout& placed, const NeighbourView& neighbours, double perplexity,
                           std::size_t threads) {
  if (!(perplexity >= 1)) fail(ErrorCode::wrong_use, "perplexity: expected at least 1, found {}", perplexity);
  SEGUE_ASSERT(neighbours.rows.size() == neighbours.n * neighbours.k);
  SEGUE_ASSERT(neighbours.squared_distances.size() == neighbours.n * neighbours.k);
  const Point mean = to_point(mean_of(placed));
  Layout points(neighbours.n, mean);
  parallel_for(neighbours.n, 256, thread_count(threads), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      std::vector<Attractor> attractors;
      std::vector<float> distances;
      for (std::size_t j = i * neighbours.k; j < (i + 1) * neighbours.k; ++j) {
        const std::uint32_t row = neighbours.rows[j];
        const float distance = neighbours.squared_distances[j];
        if (row == NeighbourView::kNone) continue;
        if (row >= placed.size() || !(distance >= 0) || !std::isfinite(distance)) {
          fail(ErrorCode::bad_input,
               "neighbours of song {}: expected rows below {} at finite distances, found row {} at squared distance {}",
               i, placed.size(), row, distance);
        }
        attractors.push_back({to_place(placed[row]), 0});
        distances.push_back(distance);
      }
      if (attractors.empty()) continue;
      std::vector<float> p(distances.size());
      conditional_affinities(distances, perplexity, p);
      for (std::size_t j = 0; j < p.size(); ++j) attractors[j].p = static_cast<double>(p[j]);
      points[i] = to_point(least_attracted(attractors));
    }
  });
  return points;
}

// Songs that are not on the old map are placed by their neighbours that are; songs without such neighbours by those
// placed in earlier rounds.
Layout start_like(const Affinities& affinities, const Layout& old, std::span<const std::uint32_t> old_row) {
  SEGUE_ASSERT(old_row.size() == affinities.size());
  const std::size_t n = affinities.size();
  Layout points(n, to_point(mean_of(old)));
  std::vector<char> is_placed(n);
  std::vector<std::uint32_t> left;
  for (std::uint32_t i = 0; i < n; ++i) {
    if (old_row[i] == kNotOnMap) {
      left.push_back(i);
    } else {
      SEGUE_ASSERT(old_row[i] < old.size());
      points[i] = old[old_row[i]];
      is_placed[i] = 1;
    }
  }
  while (!left.empty()) {
    std::vector<std::uint32_t> placed_now;
    std::vector<std::uint32_t> still_left;
    for (const std::uint32_t i : left) {
      std::vector<Attractor> attractors;
      for (std::uint64_t e = affinities.offsets[i]; e < affinities.offsets[i + 1]; ++e) {
        const std::uint32_t other = affinities.columns[e];
        if (is_placed[other] == 0) continue;
        attractors.push_back({to_place(points[other]), static_cast<double>(affinities.values[e])});
      }
      if (attractors.empty()) {
        still_left.push_back(i);
      } else {
        points[i] = to_point(least_attracted(attractors));
        placed_now.push_back(i);
      }
    }
    if (placed_now.empty()) break;  // the rest stays at the mean
    for (const std::uint32_t i : placed_now) is_placed[i] = 1;
    left = std::move(still_left);
  }
  return points;
}

// With both sets of points as complex numbers a and b relative to their means, b ~ s a is best for
// s = sum b a* / sum |a|^2, or mirrored for s = sum b a / sum |a|^2, whichever is larger.
Alignment align_to(Layout points, const Layout& old, std::span<const std::uint32_t> old_row) {
  SEGUE_ASSERT(old_row.size() == points.size());
  Layout from, to;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (old_row[i] == kNotOnMap) continue;
    SEGUE_ASSERT(old_row[i] < old.size());
    from.push_back(points[i]);
    to.push_back(old[old_row[i]]);
  }
  if (from.empty()) return {std::move(points), 0};
  const Place a0 = mean_of(from);
  const Place b0 = mean_of(to);
  Place straight, mirrored;
  double size = 0;
  double radius = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Place a{static_cast<double>(from[i].x) - a0.x, static_cast<double>(from[i].y) - a0.y};
    const Place b{static_cast<double>(to[i].x) - b0.x, static_cast<double>(to[i].y) - b0.y};
    straight = {straight.x + b.x * a.x + b.y * a.y, straight.y + b.y * a.x - b.x * a.y};
    mirrored = {mirrored.x + b.x * a.x - b.y * a.y, mirrored.y + b.y * a.x + b.x * a.y};
    size += a.x * a.x + a.y * a.y;
    radius += b.x * b.x + b.y * b.y;
  }
  const bool mirror = squared_distance(mirrored, {}) > squared_distance(straight, {});
  const Place sum = mirror ? mirrored : straight;
  // If all points are the same, there is no direction to rotate to.
  const Place s = size > 0 && radius > 0 ? Place{sum.x / size, sum.y / size} : Place{1, 0};
  const auto moved = [&](Point point) {
    const double x = static_cast<double>(point.x) - a0.x;
    const double y = (static_cast<double>(point.y) - a0.y) * (mirror ? -1 : 1);
    return Place{b0.x + s.x * x - s.y * y, b0.y + s.y * x + s.x * y};
  };
  double displacement = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    displacement += std::sqrt(squared_distance(moved(from[i]), to_place(to[i])));
  }
  const auto n = static_cast<double>(from.size());
  const double unit = std::sqrt(radius / n);
  for (Point& point : points) point = to_point(moved(point));
  return {std::move(points), unit > 0 ? displacement / n / unit : 0};
}

}  // namespace segue::layout
