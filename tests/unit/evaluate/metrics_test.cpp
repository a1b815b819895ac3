// The metrics of outcomes simple enough to work out by hand.
#include "segue/evaluate/metrics.h"

#include <gtest/gtest.h>

namespace segue::evaluate {
namespace {

TEST(Metrics, a_list_that_starts_with_the_next_song_is_perfect) {
  AccuracySum sum;
  sum.add({.rank = 1, .hits = {1, 1, 1}}, 1);
  const Accuracy mean = sum.mean();
  for (const ByCutoff& values : {mean.hit_rate, mean.ndcg, mean.mrr, mean.recall}) {
    for (const double value : values) EXPECT_DOUBLE_EQ(value, 1);
  }
}

TEST(Metrics, ranks_count_up_to_the_cutoff) {
  AccuracySum sum;
  sum.add({.rank = 3, .hits = {1, 2, 4}}, 8);
  sum.add({.rank = 15, .hits = {0, 1, 1}}, 4);
  sum.add({.rank = 0, .hits = {0, 0, 0}}, 2);
  sum.add({.rank = 100, .hits = {0, 0, 1}}, 1);
  const Accuracy mean = sum.mean();
  EXPECT_EQ(sum.positions(), 4U);
  EXPECT_DOUBLE_EQ(mean.hit_rate[0], 1.0 / 4);
  EXPECT_DOUBLE_EQ(mean.hit_rate[1], 2.0 / 4);
  EXPECT_DOUBLE_EQ(mean.hit_rate[2], 3.0 / 4);
  EXPECT_DOUBLE_EQ(mean.ndcg[0], 0.5 / 4);                 // 1 / log2(4)
  EXPECT_DOUBLE_EQ(mean.ndcg[1], (0.5 + 0.25) / 4);        // 1 / log2(16)
  EXPECT_NEAR(mean.ndcg[2], (0.75 + 0.150193) / 4, 1e-6);  // 1 / log2(101)
  EXPECT_DOUBLE_EQ(mean.mrr[0], 1.0 / 3 / 4);
  EXPECT_DOUBLE_EQ(mean.mrr[2], (1.0 / 3 + 1.0 / 15 + 1.0 / 100) / 4);
  EXPECT_DOUBLE_EQ(mean.recall[0], 1.0 / 8 / 4);
  EXPECT_DOUBLE_EQ(mean.recall[1], (2.0 / 8 + 1.0 / 4) / 4);
  EXPECT_DOUBLE_EQ(mean.recall[2], (4.0 / 8 + 1.0 / 4 + 1) / 4);
}

TEST(Metrics, no_positions_score_zero) {
  EXPECT_EQ(AccuracySum().mean().ndcg[0], 0);
}

}  // namespace
}  // namespace segue::evaluate
