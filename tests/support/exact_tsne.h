// t-SNE by its definition, in double precision and over all pairs: the reference for the fast implementation.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "segue/base/random.h"
#include "segue/layout/affinities.h"
#include "segue/layout/layout.h"

namespace segue {

struct ExactForce {
  double x = 0;
  double y = 0;
};

// n x n, row by row.
inline std::vector<double> dense(const layout::Affinities& affinities) {
  const std::size_t n = affinities.size();
  std::vector<double> p(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::uint64_t e = affinities.offsets[i]; e < affinities.offsets[i + 1]; ++e) {
      p[i * n + affinities.columns[e]] += static_cast<double>(affinities.values[e]);
    }
  }
  return p;
}

// 1 / (1 + |y_i - y_j|^2), 0 for i = j.
inline double nearness(const std::vector<ExactForce>& points, std::size_t i, std::size_t j) {
  if (i == j) return 0;
  const double x = points[i].x - points[j].x;
  const double y = points[i].y - points[j].y;
  return 1 / (1 + x * x + y * y);
}

inline std::vector<ExactForce> to_double(const layout::Layout& points) {
  std::vector<ExactForce> result;
  for (const layout::Point& point : points)
    result.push_back({static_cast<double>(point.x), static_cast<double>(point.y)});
  return result;
}

inline double sum_of_nearness(const std::vector<ExactForce>& points) {
  double z = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = 0; j < points.size(); ++j) z += nearness(points, i, j);
  }
  return z;
}

// sum_j w_ij^2 (y_i - y_j)
inline std::vector<ExactForce> exact_repulsions(const std::vector<ExactForce>& points) {
  std::vector<ExactForce> forces(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = 0; j < points.size(); ++j) {
      const double w = nearness(points, i, j);
      forces[i].x += w * w * (points[i].x - points[j].x);
      forces[i].y += w * w * (points[i].y - points[j].y);
    }
  }
  return forces;
}

// sum_j p_ij w_ij (y_i - y_j)
inline std::vector<ExactForce> exact_attractions(const std::vector<double>& p, const std::vector<ExactForce>& points) {
  const std::size_t n = points.size();
  std::vector<ExactForce> forces(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double pull = p[i * n + j] * nearness(points, i, j);
      forces[i].x += pull * (points[i].x - points[j].x);
      forces[i].y += pull * (points[i].y - points[j].y);
    }
  }
  return forces;
}

// sum p_ij log(p_ij / q_ij)
inline double exact_kl(const std::vector<double>& p, const std::vector<ExactForce>& points) {
  const std::size_t n = points.size();
  const double z = sum_of_nearness(points);
  double kl = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (p[i * n + j] > 0) kl += p[i * n + j] * std::log(p[i * n + j] * z / nearness(points, i, j));
    }
  }
  return kl;
}

// |a - b| / |b|, as the root mean square over all points.
inline double relative_error(const layout::Layout& a, const std::vector<ExactForce>& b) {
  double difference = 0;
  double size = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a[i].x) - b[i].x;
    const double y = static_cast<double>(a[i].y) - b[i].y;
    difference += x * x + y * y;
    size += b[i].x * b[i].x + b[i].y * b[i].y;
  }
  return std::sqrt(difference / size);
}

// Points in `clusters` Gaussian clusters of standard deviation `radius`, with centres in [-across, across]^2.
inline layout::Layout heaps(std::size_t n, std::size_t clusters, double across, double radius, std::uint64_t seed) {
  Random random(seed);
  const auto gaussian = [&] {
    const double angle = 6.283185307179586 * random.uniform();
    return std::sqrt(-2 * std::log(1 - random.uniform())) * std::cos(angle);
  };
  std::vector<ExactForce> centres(clusters);
  for (ExactForce& one : centres) one = {across * (2 * random.uniform() - 1), across * (2 * random.uniform() - 1)};
  layout::Layout points;
  for (std::size_t i = 0; i < n; ++i) {
    const ExactForce centre = centres[i % clusters];
    points.push_back(
        {static_cast<float>(centre.x + radius * gaussian()), static_cast<float>(centre.y + radius * gaussian())});
  }
  return points;
}

// The k nearest neighbours of every point by brute force, in the form that make_affinities takes.
struct FoundNeighbours {
  std::size_t k = 0;
  std::vector<std::uint32_t> rows;
  std::vector<float> squared_distances;

  layout::NeighbourView view() const { return {k == 0 ? 0 : rows.size() / k, k, rows, squared_distances}; }
};

inline FoundNeighbours all_neighbours_of(const layout::Layout& points, std::size_t k) {
  const std::vector<ExactForce> exact = to_double(points);
  FoundNeighbours found{k, {}, {}};
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<std::pair<double, std::uint32_t>> others;
    for (std::uint32_t j = 0; j < points.size(); ++j) {
      if (j != i) others.emplace_back(1 / nearness(exact, i, j) - 1, j);
    }
    std::ranges::sort(others);
    for (std::size_t j = 0; j < k; ++j) {
      found.rows.push_back(j < others.size() ? others[j].second : layout::NeighbourView::kNone);
      found.squared_distances.push_back(j < others.size() ? static_cast<float>(others[j].first) : 0);
    }
  }
  return found;
}

}  // namespace segue
