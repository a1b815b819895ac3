#include "segue/recommend/recommender.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue {
namespace {

class RecommenderTest : public ::testing::Test {
 protected:
  RecommenderTest() {
    small_.transitions.neighbours[small_.transitions.offsets[8]] = 13;  // was 12: now 12 knows 8, but 8 not 12
    testing::write_small_model(folder_ / "model", small_);
    model_ = std::make_unique<Model>(folder_ / "model");
  }
  testing::SmallModel small_ = testing::small_model(24, 10);
  testing::Scratch folder_;
  std::unique_ptr<Model> model_;
};

TEST_F(RecommenderTest, SimilarSongsAreOfTheSameGenre) {
  const std::vector<Recommendation> found = Recommender(*model_).similar(2, {.k = 5});
  ASSERT_EQ(found.size(), 5U);
  for (const Recommendation& one : found) {
    EXPECT_EQ(one.song % 4, 2U);
    EXPECT_NE(one.song, 2U);
    EXPECT_FALSE(one.explanation.has_value());
  }
}

TEST_F(RecommenderTest, ExplainsByTheNearestSeedAndTheTransitions) {
  // Songs 0 and 1 are of different genres; with 20 songs asked for, both get picks.
  const std::vector<std::uint32_t> played = {0, 1, 0};
  const auto found = Recommender(*model_).recommend(played, {.k = 20, .explain = true});
  ASSERT_EQ(found.size(), 20U);
  for (const Recommendation& one : found) {
    ASSERT_TRUE(one.explanation.has_value());
    if (one.song % 4 < 2) {
      EXPECT_EQ(one.explanation->seed, one.song % 4);
      EXPECT_GT(one.explanation->similarity, 0.8);
    }
    const bool next = one.song == one.explanation->seed + 4;
    EXPECT_EQ(one.explanation->plays_together, next ? 4U : 0U) << one.song;
    EXPECT_EQ(one.explanation->played_after, next ? 3 : 0);
    EXPECT_EQ(one.explanation->played_before, next ? 0.5F : 0);
  }
}

TEST_F(RecommenderTest, FindsTransitionsThatOnlyThePickHasKept) {
  const std::vector<std::uint32_t> played = {8};
  const auto found = Recommender(*model_).recommend(played, {.k = 23, .explain = true});
  const auto pick = std::ranges::find(found, 12U, &Recommendation::song);
  ASSERT_NE(pick, found.end());
  EXPECT_EQ(pick->explanation->plays_together, 4U);
  EXPECT_EQ(pick->explanation->played_after, 3);
  EXPECT_EQ(pick->explanation->played_before, 0.5F);
}

TEST_F(RecommenderTest, AHalfLifeMovesThePicksToTheNewestSongs) {
  const std::vector<std::uint32_t> played = {0, 4, 8, 1};
  const auto plain = Recommender(*model_).recommend(played, {.k = 3});
  const auto recent = Recommender(*model_).recommend(played, {.k = 3, .half_life = 0.5});
  EXPECT_EQ(plain.front().song % 4, 0U);
  EXPECT_EQ(recent.front().song % 4, 1U);
}

}  // namespace
}  // namespace segue
