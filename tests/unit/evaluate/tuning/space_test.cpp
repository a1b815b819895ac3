#include "segue/evaluate/tuning/space.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace segue::evaluate {
namespace {

constexpr std::uint32_t kWhole = 80;

Space space_of(std::string_view text, const train::TrainOptions& given = {}) {
  return make_space(text, {}, given, kWhole);
}

const Dimension& dimension(const Space& space, std::string_view name) {
  return *std::ranges::find(space.dimensions, name, [](const Dimension& d) { return d.row->name; });
}

double window_at(const Space& space, double unit) {
  train::TrainOptions options;
  dimension(space, "window").set(unit, options);
  return options.window;
}

TEST(Space, the_default_ranges_from_neighbours_to_whole_queues) {
  const Space space = space_of("");
  EXPECT_EQ(window_at(space, 0), 2);
  EXPECT_EQ(window_at(space, 1), kWhole);
  train::TrainOptions options;
  dimension(space, "negative_exponent").set(0, options);
  EXPECT_EQ(options.negative_exponent, -1);
  dimension(space, "subsample").set(1, options);
  EXPECT_EQ(options.subsample, 0.01);
  EXPECT_LT(space.least_epochs, space.most_epochs);
}

TEST(Space, a_logarithmic_scale_is_halved_by_factors) {
  const Space space = space_of("subsample=1e-6..1e-2, learning_rate=0.01..0.09 linear");
  train::TrainOptions options;
  dimension(space, "subsample").set(0.5, options);
  EXPECT_EQ(options.subsample, 1e-4);
  dimension(space, "learning_rate").set(0.5, options);
  EXPECT_EQ(options.learning_rate, 0.05);
}

TEST(Space, whole_numbers_of_a_linear_range_are_equally_likely) {
  const Space space = space_of("window=3..6 linear");
  std::map<double, int> seen;
  for (int i = 0; i < 400; ++i) ++seen[window_at(space, (i + 0.5) / 400)];
  EXPECT_EQ(seen, (std::map<double, int>{{3, 100}, {4, 100}, {5, 100}, {6, 100}}));
}

TEST(Space, a_step_applies_if_both_ends_are_multiples) {
  train::TrainOptions options;
  for (int i = 0; i <= 100; ++i) {
    dimension(space_of("dim=32..128"), "dim").set(i / 100.0, options);
    EXPECT_EQ(options.dim % 16, 0U);
  }
  std::set<std::uint32_t> dims;
  for (int i = 0; i <= 100; ++i) {
    dimension(space_of("dim=50..60"), "dim").set(i / 100.0, options);
    dims.insert(options.dim);
  }
  EXPECT_EQ(dims.size(), 11U);
}

TEST(Space, choices_have_equal_shares) {
  const Space space = space_of("negative_sharing=pair|block, dynamic_window=true|false");
  train::TrainOptions options;
  dimension(space, "negative_sharing").set(0.49, options);
  EXPECT_EQ(options.negative_sharing, train::NegativeSharing::pair);
  dimension(space, "negative_sharing").set(0.51, options);
  EXPECT_EQ(options.negative_sharing, train::NegativeSharing::block);
  dimension(space, "dynamic_window").set(1, options);
  EXPECT_FALSE(options.dynamic_window);
  EXPECT_EQ(dimension(space, "dynamic_window").unit_of(options), 0.75);
}

TEST(Space, a_value_maps_back_to_its_place) {
  const Space space = space_of("negative_sharing=pair|window|block, dim=16..256");
  for (const Dimension& one : space.dimensions) {
    for (int i = 0; i <= 50; ++i) {
      train::TrainOptions first;
      one.set(i / 50.0, first);
      train::TrainOptions second;
      one.set(one.unit_of(first), second);
      EXPECT_EQ(one.text(first), one.text(second)) << one.row->name << " at " << i;
    }
  }
}

TEST(Space, single_values_and_given_options_are_not_searched) {
  const train::TrainOptions given{.dim = 24};
  const std::vector<std::string_view> fixed = {"dim"};
  const Space space = make_space("window=whole, epochs=7", fixed, given, kWhole);
  for (const Dimension& one : space.dimensions) {
    EXPECT_NE(one.row->name, "dim");
    EXPECT_NE(one.row->name, "window");
  }
  EXPECT_EQ(space.given.dim, 24U);
  EXPECT_EQ(space.given.window, kWhole);
  EXPECT_EQ(space.given.epochs, 7U);
  EXPECT_EQ(space.most_epochs, 7U);
}

TEST(Space, moves_given_options_inside) {
  const Space space =
      space_of("window=10..20, epochs=20..40, negative_sharing=pair|window", {.window = 5, .epochs = 5});
  EXPECT_EQ(space.given.window, 10U);
  EXPECT_EQ(space.given.epochs, 20U);
  EXPECT_EQ(space.given.negative_sharing, train::NegativeSharing::pair);
  EXPECT_EQ(space.given.subsample, train::TrainOptions().subsample);  // inside, so not even rounded
}

TEST(Space, explains_what_is_wrong) {
  const auto refuses = [](std::string_view text, std::string_view message) {
    EXPECT_ERROR(space_of(text), ErrorCode::wrong_use, std::string(message));
  };
  refuses("windw=2..3", "unknown training option windw (did you mean window?)");
  refuses("window", "expected NAME=LOW..HIGH");
  refuses("window=2..5000", "--window: expected a whole number from 1 to 1000, found \"5000\"");
  refuses("window=9..3", "window: expected a range from low to high, found 9..3");
  refuses("window=2..3,window=4..5", "expected window once");
  refuses("negative_exponent=-1..1 log", "above 0 for a logarithmic scale");
  refuses("precision=f32..bf16", "expected values with | between");
  refuses("negative_sharing=pair|blok", "did you mean block?");
  refuses("min_plays=1..5", "which songs are ranked");
  refuses("seed=1..5", "cannot be searched");
  refuses("epochs=3|6", "epochs: expected a range");
  const std::vector<std::string_view> fixed = {"dim"};
  EXPECT_ERROR(make_space("dim=2..9", fixed, {}, kWhole), ErrorCode::wrong_use, "given by --dim, which fixes it");
}

}  // namespace
}  // namespace segue::evaluate
