// Random draws have the published frequencies; seeds are fixed, so a test always passes or always fails.

#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/train/alias_table.h"
#include "segue/train/schedule.h"
#include "segue/train/trainer.h"
#include "segue/train/vocabulary.h"

namespace segue::train {
namespace {

// Pearson's statistic divided by its degrees of freedom: near 1, and above 2 with less than one chance in 10^4 here.
double chi_square(std::span<const std::uint64_t> found, std::span<const double> expected) {
  double sum = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double off = static_cast<double>(found[i]) - expected[i];
    sum += off * off / expected[i];
  }
  return sum / static_cast<double>(found.size() - 1);
}

TEST(AliasTable, draws_in_proportion_to_the_weights) {
  constexpr std::uint64_t kDraws = 2'000'000;
  for (const double exponent : {0.75, 0.0, 1.0, -0.5}) {
    std::vector<double> weights;
    double total = 0;
    for (int i = 0; i < 100; ++i) total += weights.emplace_back(std::pow(1 + i, -exponent));
    const AliasTable table(weights);
    std::vector<std::uint64_t> found(weights.size());
    Random random(7);
    for (std::uint64_t i = 0; i < kDraws; ++i) ++found[table.draw(random)];
    for (double& weight : weights) weight *= static_cast<double>(kDraws) / total;
    EXPECT_LT(chi_square(found, weights), 1.6) << "exponent " << exponent;
  }
}

TEST(AliasTable, never_draws_a_weight_of_0_and_takes_one_outcome) {
  const std::vector<double> weights = {0, 3, 0, 1};
  const AliasTable table(weights);
  Random random(1);
  for (int i = 0; i < 10'000; ++i) EXPECT_EQ(table.draw(random) % 2, 1U);
  const std::vector<double> single = {1e-300};
  const AliasTable one(single);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(one.draw(random), 0U);
}

TEST(AliasTable, weights_of_very_different_size) {
  const std::vector<double> weights = {1e30, 1, 1e30};
  const AliasTable table(weights);
  Random random(1);
  std::vector<std::uint64_t> found(3);
  for (int i = 0; i < 100'000; ++i) ++found[table.draw(random)];
  EXPECT_EQ(found[1], 0U);
  EXPECT_NEAR(static_cast<double>(found[0]), 50'000, 800);
}

TEST(Vocabulary, holds_the_leading_songs_with_enough_plays) {
  const std::vector<std::uint64_t> plays = {90, 9, 1, 1, 0};
  TrainOptions options;
  options.min_plays = 2;
  options.subsample = 0.1;
  options.negative_exponent = 0.5;
  const Vocabulary vocabulary = make_vocabulary(plays, options);
  EXPECT_EQ(vocabulary.size, 2U);
  EXPECT_EQ(vocabulary.plays, 99U);
  EXPECT_FLOAT_EQ(vocabulary.keep[0], static_cast<float>(std::sqrt(0.1 * 99 / 90)));
  EXPECT_EQ(vocabulary.keep[1], 1);
  Random random(3);
  std::uint64_t first = 0;
  for (int i = 0; i < 100'000; ++i) first += vocabulary.noise.draw(random) == 0;
  const double share = std::sqrt(90) / (std::sqrt(90) + std::sqrt(9));
  EXPECT_NEAR(static_cast<double>(first), 1e5 * share, 700);
}

TEST(Vocabulary, of_no_song_is_an_error) {
  const std::vector<std::uint64_t> plays = {4, 3};
  try {
    make_vocabulary(plays, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("expected a song with 5 plays or more, found 4"));
  }
  EXPECT_THROW(make_vocabulary({}, {}), Error);
}

TEST(Vocabulary, counts_songs_by_their_plays) {
  const std::vector<std::uint64_t> plays = {9, 5, 5, 4, 1};
  EXPECT_EQ(trained_song_count(plays, 1), 5U);
  EXPECT_EQ(trained_song_count(plays, 5), 3U);
  EXPECT_EQ(trained_song_count(plays, 10), 0U);
}

TEST(Subsampling, keeps_plays_as_in_the_paper) {
  EXPECT_EQ(keep_probability(0.001, 0.001), 1);
  EXPECT_EQ(keep_probability(0.0001, 0.001), 1);
  EXPECT_DOUBLE_EQ(keep_probability(0.1, 0.001), 0.1);
}

TEST(Schedule, is_linear) {
  TrainOptions options;
  options.learning_rate = 0.5;
  options.min_learning_rate = 0.1;
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 0, 1000), 0.5);
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 250, 1000), 0.4);
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 1000, 1000), 0.1);
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 1100, 1000), 0.1);
}

}  // namespace
}  // namespace segue::train
