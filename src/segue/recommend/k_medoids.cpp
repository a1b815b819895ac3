#include "segue/recommend/k_medoids.h"

#include <algorithm>
#include <limits>

#include "segue/base/error.h"

namespace segue::recommend {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The state of a point between swaps.
struct Point {
  std::uint32_t nearest = 0;  // cluster
  double to_nearest = kInfinity;
  double to_second = kInfinity;  // distance to the next nearest medoid
};

class Pam {
 public:
  Pam(math::MatrixView<const float> distances, std::span<const float> weights)
      : distances_(distances), weights_(weights), points_(weights.size()) {}

  void build(std::uint32_t k) {
    while (medoids_.size() < k) {
      std::uint32_t best = 0;
      double best_gain = -1;
      for (std::uint32_t candidate = 0; candidate < points_.size(); ++candidate) {
        if (is_medoid(candidate)) continue;
        const double gain = medoids_.empty() ? 1 / (1 + cost_of_one(candidate)) : gain_of(candidate);
        if (gain > best_gain) {
          best_gain = gain;
          best = candidate;
        }
      }
      medoids_.push_back(best);
      look_up();
    }
  }

  void swap_while_better() {
    // Every swap lowers the cost by more than a rounding error, so that the loop ends.
    const double least_gain = 1e-9 * (1 + cost());
    std::size_t unchanged = 0;
    for (std::uint32_t candidate = 0; unchanged < points_.size(); candidate = next(candidate)) {
      ++unchanged;
      if (is_medoid(candidate)) continue;
      const Swap swap = best_swap(candidate);
      if (swap.change >= -least_gain) continue;
      medoids_[swap.cluster] = candidate;
      look_up();
      unchanged = 0;
    }
  }

  Clustering result() const {
    Clustering clustering;
    clustering.medoids = medoids_;
    for (const Point& point : points_) clustering.clusters.push_back(point.nearest);
    clustering.cost = cost();
    return clustering;
  }

 private:
  struct Swap {
    std::uint32_t cluster = 0;
    double change = 0;
  };

  double distance(std::uint32_t a, std::uint32_t b) const { return static_cast<double>(distances_.row(a)[b]); }
  double weight(std::uint32_t point) const { return static_cast<double>(weights_[point]); }
  bool is_medoid(std::uint32_t point) const { return std::ranges::find(medoids_, point) != medoids_.end(); }
  std::uint32_t next(std::uint32_t point) const { return point + 1 < points_.size() ? point + 1 : 0; }

  double cost() const {
    double sum = 0;
    for (std::uint32_t i = 0; i < points_.size(); ++i) sum += weight(i) * points_[i].to_nearest;
    return sum;
  }

  double cost_of_one(std::uint32_t candidate) const {
    double sum = 0;
    for (std::uint32_t i = 0; i < points_.size(); ++i) sum += weight(i) * distance(candidate, i);
    return sum;
  }

  double gain_of(std::uint32_t candidate) const {
    double gain = 0;
    for (std::uint32_t i = 0; i < points_.size(); ++i) {
      gain += weight(i) * std::max(0.0, points_[i].to_nearest - distance(candidate, i));
    }
    return gain;
  }

  // The change of cost if the candidate replaces each medoid, all in one pass over the points.
  Swap best_swap(std::uint32_t candidate) const {
    double shared = 0;  // whichever medoid is replaced
    std::vector<double> changes(medoids_.size(), 0.0);
    for (std::uint32_t i = 0; i < points_.size(); ++i) {
      const Point& point = points_[i];
      const double to_new = distance(candidate, i);
      const double gain = std::min(0.0, to_new - point.to_nearest);
      shared += weight(i) * gain;
      changes[point.nearest] += weight(i) * (std::min(to_new, point.to_second) - point.to_nearest - gain);
    }
    std::uint32_t least = 0;  // by index: gcc 12 sees iterators of a vector outlive it under the thread sanitizer
    for (std::uint32_t cluster = 1; cluster < changes.size(); ++cluster) {
      if (changes[cluster] < changes[least]) least = cluster;
    }
    return {least, shared + changes[least]};
  }

  void look_up() {
    for (std::uint32_t i = 0; i < points_.size(); ++i) {
      Point point;
      for (std::uint32_t cluster = 0; cluster < medoids_.size(); ++cluster) {
        // A medoid belongs to its own cluster, even if another one has the same vector.
        const double to_medoid = medoids_[cluster] == i ? -1 : distance(medoids_[cluster], i);
        if (to_medoid < point.to_nearest) {
          point.to_second = point.to_nearest;
          point.to_nearest = to_medoid;
          point.nearest = cluster;
        } else {
          point.to_second = std::min(point.to_second, to_medoid);
        }
      }
      point.to_nearest = std::max(point.to_nearest, 0.0);
      // With one medoid there is no second nearest; only that medoid can be swapped, and all points follow.
      points_[i] = point;
    }
  }

  math::MatrixView<const float> distances_;
  std::span<const float> weights_;
  std::vector<Point> points_;
  std::vector<std::uint32_t> medoids_;
};

}  // namespace

Clustering k_medoids(math::MatrixView<const float> distances, std::span<const float> weights, std::uint32_t k) {
  SEGUE_ASSERT(k >= 1 && k <= weights.size() && distances.rows == weights.size());
  Pam pam(distances, weights);
  pam.build(k);
  pam.swap_while_better();
  return pam.result();
}

double mean_silhouette(math::MatrixView<const float> distances, std::span<const float> weights,
                       const Clustering& clustering) {
  const std::size_t k = clustering.medoids.size();
  if (k < 2) return 0;
  std::vector<double> total(k, 0.0);
  std::vector<std::size_t> sizes(k, 0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    total[clustering.clusters[i]] += static_cast<double>(weights[i]);
    ++sizes[clustering.clusters[i]];
  }
  double sum = 0;
  double all = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto weight = static_cast<double>(weights[i]);
    all += weight;
    const std::uint32_t own = clustering.clusters[i];
    if (sizes[own] == 1) continue;
    std::vector<double> to(k, 0.0);
    for (std::size_t j = 0; j < weights.size(); ++j) {
      to[clustering.clusters[j]] += static_cast<double>(weights[j]) * static_cast<double>(distances.row(i)[j]);
    }
    const double a = to[own] / (total[own] - weight);
    double b = kInfinity;
    for (std::uint32_t other = 0; other < k; ++other) {
      if (other != own) b = std::min(b, to[other] / total[other]);
    }
    if (std::max(a, b) > 0) sum += weight * (b - a) / std::max(a, b);
  }
  return sum / all;
}

}  // namespace segue::recommend
