#include "segue/layout/tsne.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/base/random.h"
#include "segue/layout/morton.h"
#include "segue/layout/pca.h"
#include "segue/layout/repulsion.h"
#include "segue/layout/team.h"

namespace segue::layout {
namespace {

constexpr std::size_t kPiece = 256;          // points that a thread takes at a time
constexpr std::size_t kWorthAThread = 2048;  // points; with fewer, threads mostly wait for each other
constexpr std::uint32_t kLossEvery = 50;     // steps
constexpr double kLeastLearningRate = 50;    // corresponds to van der Maaten's 200, whose gradient lacks the factor 4
constexpr float kMomentum = 0.5F;            // while songs are exaggerated
constexpr float kLateMomentum = 0.9F;        // lowers the KL more in 500 steps than the usual 0.8
constexpr std::size_t kWorthSorting = 4096;  // points; with fewer, they fit into the first-level cache

// While the map unfolds, the points' order is soon out of date; later it hardly changes.
bool is_time_to_sort(std::uint32_t iteration) {
  switch (iteration) {
    case 0:
    case 50:
    case 100:
    case 200:
    case 350:
    case 500:
      return true;
    default:
      return iteration > 500 && iteration % 500 == 0;
  }
}

double sum_of_p_log_p(const Affinities& affinities) {
  double sum = 0;
  for (const float p : affinities.values) {
    if (p > 0) sum += static_cast<double>(p) * std::log(static_cast<double>(p));
  }
  return sum;
}

// Points at the same place exert no force on each other and would stay together forever.
void set_apart(Layout& points, std::uint64_t seed) {
  std::vector<std::uint32_t> order(points.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    const Point p = points[a];
    const Point q = points[b];
    return p.x != q.x ? p.x < q.x : p.y != q.y ? p.y < q.y : a < b;
  };
  std::ranges::sort(order, before);
  std::vector<std::uint32_t> moved;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (points[order[i]] == points[order[i - 1]]) moved.push_back(order[i]);
  }
  for (const std::uint32_t i : moved) {
    Random random(seed, i);
    const double size = 0.1 * kStartDeviation;
    points[i].x += static_cast<float>(size * (random.uniform() - 0.5));
    points[i].y += static_cast<float>(size * (random.uniform() - 0.5));
  }
}

void centre(Layout& points) {
  double x = 0;
  double y = 0;
  for (const Point& point : points) {
    x += static_cast<double>(point.x);
    y += static_cast<double>(point.y);
  }
  x /= static_cast<double>(points.size());
  y /= static_cast<double>(points.size());
  for (Point& point : points) {
    point = {static_cast<float>(static_cast<double>(point.x) - x),
             static_cast<float>(static_cast<double>(point.y) - y)};
  }
}

class Descent {
 public:
  Descent(Affinities affinities, Layout start, const TsneOptions& options)
      : options_(options),
        team_(std::min(thread_count(options.threads), start.size() / kWorthAThread + 1)),
        affinities_(std::move(affinities)),
        points_(std::move(start)),
        velocities_(points_.size()),
        gains_(points_.size(), Point{1, 1}),
        attractions_(points_.size()),
        repulsions_(points_.size()),
        songs_(points_.size()),
        sums_((points_.size() + kPiece - 1) / kPiece),
        repulsion_(kernels_, team_) {
    std::iota(songs_.begin(), songs_.end(), 0U);
    p_log_p_ = sum_of_p_log_p(affinities_);
  }

  void step(std::uint32_t iteration) {
    if (points_.size() >= kWorthSorting && is_time_to_sort(iteration)) sort();
    const bool early = iteration < options_.exaggeration_iterations;
    const double exaggeration = early ? options_.exaggeration : options_.late_exaggeration;
    const double rate = 4 * (options_.learning_rate > 0 ? options_.learning_rate : own_rate(exaggeration));
    const double z = forces();
    const TsneStep size{static_cast<float>(rate * exaggeration), static_cast<float>(rate / z),
                        early ? kMomentum : kLateMomentum};
    const TsneState state{points_.data(), velocities_.data(), gains_.data(), attractions_.data(), repulsions_.data()};
    team_.for_pieces(points_.size(), kPiece,
                     [&](std::size_t begin, std::size_t end) { kernels_.move(state, size, begin, end); });
  }

  double loss() {
    repulsion_.prepare(points_);
    const double z = sum_over_points(
        [&](std::size_t begin, std::size_t end) { return repulsion_.take(begin, end, repulsions_.data()); });
    const double log_away = sum_over_points([&](std::size_t begin, std::size_t end) {
      return kernels_.attraction_loss(affinities_, points_.data(), begin, end);
    });
    return p_log_p_ + log_away + std::log(std::max(z, 1e-300));
  }

  void centre_points() { centre(points_); }

  Layout take_points() {
    Layout in_order(points_.size());
    for (std::size_t i = 0; i < points_.size(); ++i) in_order[songs_[i]] = points_[i];
    return in_order;
  }

 private:
  // Belkina et al. 2019. The step is 4 times that of programs whose gradient lacks the factor of 4.
  double own_rate(double exaggeration) const {
    return std::max(kLeastLearningRate, static_cast<double>(points_.size()) / exaggeration);
  }

  // Both forces on every point; returns Z.
  double forces() {
    repulsion_.prepare(points_);
    return sum_over_points([&](std::size_t begin, std::size_t end) {
      kernels_.attract(affinities_, points_.data(), begin, end, attractions_.data());
      return repulsion_.take(begin, end, repulsions_.data());
    });
  }

  // Summed by piece and then in order, so that the sum does not depend on the number of threads.
  template <class Body>
  double sum_over_points(const Body& body) {
    team_.for_pieces(points_.size(), kPiece,
                     [&](std::size_t begin, std::size_t end) { sums_[begin / kPiece] = body(begin, end); });
    return std::accumulate(sums_.begin(), sums_.end(), 0.0);
  }

  // Moves points that are near each other on the map close together in memory.
  void sort() {
    const std::vector<std::uint32_t> order = morton_order(points_);
    const auto arrange = [&](auto& list) {
      std::remove_reference_t<decltype(list)> arranged(list.size());
      for (std::size_t i = 0; i < order.size(); ++i) arranged[i] = list[order[i]];
      list = std::move(arranged);
    };
    arrange(points_);
    arrange(velocities_);
    arrange(gains_);
    arrange(songs_);
    affinities_ = reordered(affinities_, order, team_);
  }

  const TsneOptions& options_;
  const TsneKernels& kernels_ = all_tsne_kernels().best();
  Team team_;
  Affinities affinities_;
  Layout points_;
  Layout velocities_;
  Layout gains_;
  Layout attractions_;
  Layout repulsions_;
  std::vector<std::uint32_t> songs_;  // which song each point is
  std::vector<double> sums_;
  Repulsion repulsion_;
  double p_log_p_ = 0;
};

void check(const Affinities& affinities, const Layout& start) {
  if (start.size() != affinities.size()) {
    fail(ErrorCode::wrong_use, "start of the map: expected {} points, found {}", affinities.size(), start.size());
  }
  for (std::size_t i = 0; i < start.size(); ++i) {
    if (std::isfinite(start[i].x) && std::isfinite(start[i].y)) continue;
    fail(ErrorCode::bad_input, "start of the map, song {}: expected finite numbers, found {}, {}", i, start[i].x,
         start[i].y);
  }
}

}  // namespace

TsneResult fit_tsne(Affinities affinities, Layout start, const TsneOptions& options, Progress& progress,
                    const std::stop_token& stop) {
  check(affinities, start);
  if (start.size() < 2) return {.points = Layout(start.size()), .kl = 0, .losses = {}};
  set_apart(start, options.seed);
  Descent descent(std::move(affinities), std::move(start), options);
  TsneResult result;
  progress.begin("map", options.iterations, "steps");
  std::string note;
  for (std::uint32_t done = 0; done < options.iterations; ++done) {
    if (stop.stop_requested())
      fail(ErrorCode::interrupted, "map: stopped after {} of {} steps", done, options.iterations);
    if (done > 0 && done % kLossEvery == 0) {
      descent.centre_points();
      result.losses.push_back({done, descent.loss()});
      note = fmt::format("KL {:.3f}", result.losses.back().kl);
    }
    descent.step(done);
    progress.update(done + 1, note);
  }
  descent.centre_points();
  result.kl = descent.loss();
  result.losses.push_back({options.iterations, result.kl});
  result.points = descent.take_points();
  progress.end();
  return result;
}

}  // namespace segue::layout
