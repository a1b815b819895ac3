#include "segue/pipeline/compare_models.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "segue/base/error.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::pipeline {
namespace {

ModelComparison compare(const testing::Scratch& scratch, const testing::SmallModel& old_one,
                        const testing::SmallModel& new_one) {
  testing::write_small_model(scratch / "old", old_one);
  testing::write_small_model(scratch / "new", new_one);
  NoProgress progress;
  return compare_models(model::Model(scratch / "old"), model::Model(scratch / "new"), {.k = 5, .sample = 10}, progress,
                        {});
}

TEST(CompareModels, finds_no_difference_where_there_is_none) {
  const testing::Scratch scratch;
  const ModelComparison found = compare(scratch, testing::small_model(), testing::small_model());
  EXPECT_EQ(found.songs_both, 24U);
  EXPECT_EQ(found.drift.songs, 24U);
  EXPECT_NEAR(found.drift.lowest_percent, 1, 1e-5);
  EXPECT_EQ(found.neighbours.sampled, 10U);
  EXPECT_EQ(found.neighbours.share, 1);
  EXPECT_EQ(found.lists.share, 1);
  EXPECT_FALSE(found.map_moved);
}

TEST(CompareModels, tells_vectors_that_turned_from_songs_that_moved) {
  const testing::Scratch scratch;
  testing::SmallModel turned = testing::small_model();
  math::MatrixView<float> rows = turned.trained.vectors.view();
  for (std::size_t row = 0; row < rows.rows; ++row) std::reverse(rows[row].begin(), rows[row].end());
  std::ranges::fill(rows[7], 0.0F);
  rows.row(7)[0] = 1;
  const ModelComparison found = compare(scratch, testing::small_model(), turned);
  EXPECT_LT(found.drift.mean, 0.9);
  EXPECT_GT(found.turned_drift.mean, 0.9);
  EXPECT_GT(found.neighbours.share, 0.6) << "turning changes nothing between songs";
  EXPECT_LT(found.neighbours.share, 1);
  EXPECT_EQ(found.songs.size(), 24U);
  EXPECT_LE(found.songs[0].cosine, found.songs[1].cosine);
}

TEST(CompareModels, counts_songs_that_come_and_go) {
  const testing::Scratch scratch;
  const ModelComparison found = compare(scratch, testing::small_model(24), testing::small_model(20));
  EXPECT_EQ(found.songs_old, 24U);
  EXPECT_EQ(found.songs_new, 20U);
  EXPECT_EQ(found.songs_both, 20U);
}

TEST(CompareModels, compares_lists_of_models_whose_vectors_have_different_lengths) {
  const testing::Scratch scratch;
  const ModelComparison found = compare(scratch, testing::small_model(24, 10), testing::small_model(24, 6));
  EXPECT_EQ(found.drift.songs, 0U);
  EXPECT_TRUE(found.songs.empty());
  EXPECT_EQ(found.lists.sampled, 10U);
}

TEST(CompareModels, refuses_models_without_a_song_in_common) {
  const testing::Scratch scratch;
  testing::SmallModel other = testing::small_model();
  for (std::size_t i = 0; i < other.songs.size(); ++i) other.songs[i].id = "other " + std::to_string(i);
  EXPECT_ERROR(compare(scratch, testing::small_model(), other), ErrorCode::bad_input,
               "expected two models that share trained songs, found none among 24 and 24");
}

}  // namespace
}  // namespace segue::pipeline
