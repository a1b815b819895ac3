#include "segue/evaluate/tuning/propose.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "segue/base/options_json.h"

namespace segue::evaluate {
namespace {

Space small_space() {
  return make_space("window=2..50, dim=64, epochs=4..12, negative_sharing=pair|window|block", {}, {}, 50);
}

Trial scored(std::uint32_t number, const train::TrainOptions& options, double ndcg) {
  return {.number = number, .options = options, .sample = {.ndcg = ndcg}};
}

TEST(Propose, the_given_options_come_first) {
  const Space space = small_space();
  const train::TrainOptions first = propose(space, 1, {}, 7);
  for (const Dimension& dimension : space.dimensions) EXPECT_EQ(dimension.text(first), dimension.text(space.given));
  EXPECT_EQ(propose(space, 2, {}, 7).window, 20U);  // one of the known starts
}

TEST(Propose, stays_inside_and_does_not_repeat) {
  const Space space = small_space();
  std::vector<Trial> trials;
  std::set<std::string> seen;
  for (std::uint32_t number = 1; number <= 60; ++number) {
    const train::TrainOptions options = propose(space, number, trials, 7);
    std::string text;
    for (const Dimension& dimension : space.dimensions) {
      text += dimension.text(options) + " ";
      train::TrainOptions inside = options;
      EXPECT_EQ(dimension.text(space.moved_inside(inside)), dimension.text(options)) << dimension.row->name;
    }
    EXPECT_TRUE(seen.insert(text).second) << text;
    trials.push_back(scored(number, options, 1.0 / options.window));
  }
}

TEST(Propose, the_same_trials_give_the_same_proposal) {
  const Space space = small_space();
  std::vector<Trial> trials;
  for (std::uint32_t number = 1; number <= 20; ++number) {
    const train::TrainOptions options = propose(space, number, trials, 7);
    EXPECT_EQ(options_to_json(options), options_to_json(propose(space, number, trials, 7)));
    trials.push_back(scored(number, options, options.negative_exponent));
  }
  EXPECT_NE(options_to_json(propose(space, 21, trials, 7)), options_to_json(propose(space, 21, trials, 8)));
}

// A bowl in three options with its bottom at window 10, exponent -0.5, subsample 1e-5: later proposals lie nearer to it
// than even points.
TEST(Propose, learns_where_good_options_are) {
  const Space space = make_space("window=2..50, dim=64, learning_rate=0.025, negatives=5, epochs=4", {}, {}, 50);
  const auto away = [](const train::TrainOptions& options) {
    return std::pow(std::log(options.window / 10.0) / std::log(25), 2) +
           std::pow((options.negative_exponent + 0.5) / 2, 2) + std::pow(std::log10(options.subsample / 1e-5) / 4, 2);
  };
  std::vector<Trial> trials;
  double late = 0;
  double even = 0;
  for (std::uint32_t number = 1; number <= 60; ++number) {
    const train::TrainOptions options = propose(space, number, trials, 3);
    if (number > 30) {
      late += away(options);
      even += away(space.options_at(even_point(space.dimensions.size(), number, 3)));
    }
    trials.push_back(scored(number, options, -away(options)));
  }
  EXPECT_LT(late, 0.7 * even);
}

TEST(Propose, even_points_leave_no_large_gap) {
  std::vector<double> places;
  for (std::uint64_t i = 0; i < 50; ++i) {
    const std::vector<double> point = even_point(3, i, 5);
    for (const double place : point) EXPECT_TRUE(place >= 0 && place < 1);
    places.push_back(point[1]);
  }
  std::ranges::sort(places);
  for (std::size_t i = 1; i < places.size(); ++i) EXPECT_LT(places[i] - places[i - 1], 0.08);
}

TEST(Parzen, densities_integrate_to_one) {
  const ParzenEstimate estimate({{0.1, 0.2}, {0.15, 0.9}}, {0, 2});
  double first = 0;
  double second = 0;
  constexpr int kSteps = 2000;
  for (int i = 0; i < kSteps; ++i) {
    const double at = (i + 0.5) / kSteps;
    first += std::exp(estimate.log_density(std::vector<double>{at, 0.2})) / kSteps;
    second += std::exp(estimate.log_density(std::vector<double>{0.1, at})) / kSteps;
  }
  const double other = std::exp(estimate.log_density(std::vector<double>{0.1, 0.2}));
  EXPECT_NEAR(first, 1, 1e-3);  // the choice's density is 1 at both of its values, with one of two bumps each
  EXPECT_NEAR(second, other, 1e-3 * other);
}

TEST(Parzen, draws_lie_inside_and_near_the_points) {
  const ParzenEstimate estimate({{0.02}, {0.03}, {0.01}, {0.02}}, {0});
  Random random(1);
  int near = 0;
  for (int i = 0; i < 500; ++i) {
    const double at = estimate.draw(random).at(0);
    ASSERT_TRUE(at >= 0 && at <= 1);
    near += at < 0.25 ? 1 : 0;
  }
  EXPECT_GT(near, 375);
}

}  // namespace
}  // namespace segue::evaluate
