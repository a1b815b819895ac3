#include "segue/evaluate/tuning/propose.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "segue/base/random.h"

namespace segue::evaluate {

namespace {

constexpr std::uint64_t kShiftStream = 0x7e1;
constexpr std::uint64_t kProposalStream = 0x7e2;
constexpr std::size_t kLeastPoints = 8;    // needed for an estimate
constexpr std::uint64_t kEvenLater = 100;  // index of the first even point among other proposals
constexpr double kGoodShare = 0.15;        // of the trials that count as good
constexpr std::size_t kLeastGood = 3;
constexpr std::size_t kCandidates = 64;  // drawn from the good trials' estimate, of which one is chosen
constexpr std::uint32_t kEvenEvery = 3;
constexpr std::size_t kAttempts = 32;  // at finding a set that was not tried yet
constexpr double kLeastWidth = 0.05;

// Options that did well elsewhere; all others are as given.
using Start = std::vector<std::pair<std::string_view, std::string_view>>;
std::span<const Start> known_starts() {
  static const std::array<Start, 4> starts = {
      Start{},
      Start{{"window", "20"}, {"negative_exponent", "0.5"}, {"subsample", "1e-4"}, {"dim", "128"}},
      Start{{"window", "20"}, {"negative_exponent", "0"}, {"subsample", "1e-4"}, {"dim", "128"}, {"negatives", "10"}},
      Start{{"window", "3"}, {"negative_exponent", "-0.5"}, {"subsample", "1e-4"}, {"dim", "128"}},
  };
  return starts;
}

train::TrainOptions start_in(const Space& space, const Start& start) {
  train::TrainOptions options = space.given;
  for (const auto& [name, value] : start) {
    const auto found = std::ranges::find(space.dimensions, name, [](const Dimension& d) { return d.row->name; });
    if (found != space.dimensions.end()) found->row->set(&options, *found->row, value);
  }
  return space.moved_inside(options);
}

// Whether two sets are the same apart from their epochs.
bool same_set(const Space& space, const train::TrainOptions& a, const train::TrainOptions& b) {
  return std::ranges::all_of(space.dimensions, [&](const Dimension& d) { return d.text(a) == d.text(b); });
}

bool was_tried(const Space& space, const train::TrainOptions& options, std::span<const Trial> trials) {
  return std::ranges::any_of(
      trials, [&](const Trial& trial) { return !trial.is_given() && same_set(space, trial.options, options); });
}

// The trials of the highest rung that has enough of them, best first.
std::vector<const Trial*> learnt_from(std::span<const Trial> trials) {
  std::uint32_t top = 0;
  for (const Trial& trial : trials) top = std::max(top, trial.rung);
  for (std::uint32_t rung = top + 1; rung-- > 0;) {
    std::vector<const Trial*> found;
    for (const Trial& trial : trials) {
      if (!trial.is_given() && trial.rung == rung && (trial.failure.empty() || rung == 0)) found.push_back(&trial);
    }
    if (found.size() < kLeastPoints) continue;
    std::ranges::stable_sort(found, std::greater(), [](const Trial* trial) { return trial->sample.ndcg; });
    return found;
  }
  return {};
}

ParzenEstimate estimate(const Space& space, std::span<const Trial* const> trials) {
  std::vector<std::vector<double>> points;
  for (const Trial* const trial : trials) points.push_back(space.point_of(trial->options));
  std::vector<std::size_t> values;
  for (const Dimension& dimension : space.dimensions) values.push_back(dimension.values.size());
  return {std::move(points), std::move(values)};
}

std::vector<double> likely_point(const Space& space, std::span<const Trial* const> trials, Random& random) {
  const auto good_count =
      std::max(kLeastGood, static_cast<std::size_t>(std::ceil(kGoodShare * static_cast<double>(trials.size()))));
  const ParzenEstimate good = estimate(space, trials.first(good_count));
  const ParzenEstimate others = estimate(space, trials.subspan(good_count));
  std::vector<double> best;
  double best_ratio = 0;
  for (std::size_t i = 0; i < kCandidates; ++i) {
    std::vector<double> candidate = good.draw(random);
    const double ratio = good.log_density(candidate) - others.log_density(candidate);
    if (!best.empty() && ratio <= best_ratio) continue;
    best = std::move(candidate);
    best_ratio = ratio;
  }
  return best;
}

std::uint64_t next_prime(std::uint64_t number) {
  for (;;) {
    ++number;
    std::uint64_t divisor = 2;
    while (divisor * divisor <= number && number % divisor != 0) ++divisor;
    if (divisor * divisor > number) return number;
  }
}

double normal_density(double x) {
  return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
}
double normal_below(double x) {
  return std::erfc(-x / std::numbers::sqrt2) / 2;
}

std::size_t value_at(double unit, std::size_t values) {
  return std::min(static_cast<std::size_t>(unit * static_cast<double>(values)), values - 1);
}

}  // namespace

std::vector<double> even_point(std::size_t dimensions, std::uint64_t index, std::uint64_t seed) {
  Random random(seed, kShiftStream);
  std::vector<double> point;
  std::uint64_t base = 1;
  for (std::size_t d = 0; d < dimensions; ++d) {
    base = next_prime(base);
    // The digits of the index, mirrored at the radix point.
    double place = random.uniform();
    double share = 1;
    for (std::uint64_t left = index + 1; left > 0; left /= base) {
      share /= static_cast<double>(base);
      place += share * static_cast<double>(left % base);
    }
    double whole = 0;
    point.push_back(std::modf(place, &whole));
  }
  return point;
}

ParzenEstimate::ParzenEstimate(std::vector<std::vector<double>> points, std::vector<std::size_t> values)
    : points_(std::move(points)), values_(std::move(values)) {
  // Scott's rule for the bumps of one dimension.
  const auto count = static_cast<double>(points_.size());
  for (std::size_t d = 0; d < values_.size(); ++d) {
    double sum = 0;
    double squares = 0;
    for (const std::vector<double>& point : points_) {
      sum += point[d];
      squares += point[d] * point[d];
    }
    const double variance = count > 0 ? std::max(0.0, squares / count - sum / count * sum / count) : 0;
    widths_.push_back(std::max(kLeastWidth, 1.06 * std::sqrt(variance) * std::pow(count + 1, -0.2)));
  }
}

double ParzenEstimate::density(std::size_t dimension, double at) const {
  double sum = 1;  // the uniform share
  for (const std::vector<double>& point : points_) {
    if (values_[dimension] > 0) {
      const bool same = value_at(point[dimension], values_[dimension]) == value_at(at, values_[dimension]);
      sum += same ? static_cast<double>(values_[dimension]) : 0;
      continue;
    }
    // A bump truncated at the ends of the space.
    const double width = widths_[dimension];
    const double inside = normal_below((1 - point[dimension]) / width) - normal_below(-point[dimension] / width);
    sum += normal_density((at - point[dimension]) / width) / (width * inside);
  }
  return sum / static_cast<double>(points_.size() + 1);
}

double ParzenEstimate::log_density(std::span<const double> point) const {
  double sum = 0;
  for (std::size_t d = 0; d < point.size(); ++d) sum += std::log(density(d, point[d]));
  return sum;
}

std::vector<double> ParzenEstimate::draw(Random& random) const {
  std::vector<double> drawn;
  for (std::size_t d = 0; d < values_.size(); ++d) {
    const std::uint32_t bump = random.below(static_cast<std::uint32_t>(points_.size() + 1));
    if (bump == points_.size() || values_[d] > 0) {
      drawn.push_back(bump == points_.size() ? random.uniform() : points_[bump][d]);
      continue;
    }
    // Box-Muller, repeated if it falls outside.
    double at = -1;
    while (at < 0 || at > 1) {
      const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
      at = points_[bump][d] + widths_[d] * radius * std::cos(2 * std::numbers::pi * random.uniform());
    }
    drawn.push_back(at);
  }
  return drawn;
}

train::TrainOptions propose(const Space& space, std::uint32_t number, std::span<const Trial> trials,
                            std::uint64_t seed) {
  // Starts that coincide in this space count once.
  std::vector<train::TrainOptions> starts;
  for (const Start& start : known_starts()) {
    const train::TrainOptions options = start_in(space, start);
    if (std::ranges::none_of(starts, [&](const train::TrainOptions& one) { return same_set(space, one, options); })) {
      starts.push_back(options);
    }
  }
  if (number <= starts.size()) return starts[number - 1];

  const std::uint64_t drawn = number - starts.size();  // from 1
  Random random(seed ^ kProposalStream, number);
  const std::vector<const Trial*> known = learnt_from(trials);
  const std::size_t dimensions = space.dimensions.size();
  const bool is_even = known.empty() || drawn % kEvenEvery == 0;
  // Consecutive indices: every third point of the sequence would not cover the space evenly.
  const std::uint64_t even_index = known.empty() ? drawn : kEvenLater + drawn / kEvenEvery;
  train::TrainOptions options =
      space.options_at(is_even ? even_point(dimensions, even_index, seed) : likely_point(space, known, random));
  for (std::size_t attempt = 0; attempt < kAttempts && was_tried(space, options, trials); ++attempt) {
    std::vector<double> point;
    for (std::size_t d = 0; d < dimensions; ++d) point.push_back(random.uniform());
    options = space.options_at(point);
  }
  return options;
}

}  // namespace segue::evaluate
