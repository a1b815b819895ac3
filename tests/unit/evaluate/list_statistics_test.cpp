#include "segue/evaluate/list_statistics.h"

#include <cmath>

#include <gtest/gtest.h>

namespace segue::evaluate {
namespace {

const std::vector<std::uint64_t> kPlays = {8, 4, 2, 2};
const std::vector<std::uint32_t> kArtists = {1, 1, 2, 0};

TEST(ListStatistics, of_two_lists_match_hand_computation) {
  ListCounts counts(4);
  counts.add(std::vector<math::ScoredRow>{{0, 3}, {1, 2}, {2, 1}}, kArtists);
  counts.add(std::vector<math::ScoredRow>{{0, 1}}, kArtists);
  const ListStatistics lists = counts.statistics(kPlays);
  EXPECT_DOUBLE_EQ(lists.coverage[0], 3.0 / 4);
  EXPECT_DOUBLE_EQ(lists.mean_length, 2);
  EXPECT_DOUBLE_EQ(lists.popularity_rank, (1 + 2 + 3 + 1) / 4.0);
  EXPECT_DOUBLE_EQ(lists.self_information, (1 + 2 + 3 + 1) / 4.0);  // shares of plays 1/2, 1/4, 1/8, 1/2
  EXPECT_DOUBLE_EQ(lists.artist_repeats, 1.0 / 4);                  // song 1 after song 0
  // Counts 0 1 1 2: (-3*0 - 1*1 + 1*1 + 3*2) / (4 * 4).
  EXPECT_DOUBLE_EQ(lists.gini, 6.0 / 16);
  EXPECT_DOUBLE_EQ(lists.hubness, 0);  // symmetric around 1
}

TEST(ListStatistics, one_song_for_everyone_is_a_hub) {
  ListCounts counts(4);
  for (int i = 0; i < 8; ++i) counts.add(std::vector<math::ScoredRow>{{2, 1}}, kArtists);
  const ListStatistics lists = counts.statistics(kPlays);
  EXPECT_DOUBLE_EQ(lists.gini, 0.75);
  // 8 0 0 0: mean 2, third moment (216 - 3 * 8) / 4 = 48, variance (36 + 3 * 4) / 4 = 12.
  EXPECT_NEAR(lists.hubness, 48 / std::pow(12, 1.5), 1e-12);
}

TEST(ListStatistics, merged_counts_equal_those_of_one_counter) {
  ListCounts one(4);
  ListCounts other(4);
  ListCounts both(4);
  const std::vector<math::ScoredRow> a = {{3, 1}, {0, 1}};
  const std::vector<math::ScoredRow> b = {{1, 1}};
  one.add(a, kArtists);
  other.add(b, kArtists);
  both.add(a, kArtists);
  both.add(b, kArtists);
  one.merge(other);
  EXPECT_EQ(one.statistics(kPlays).gini, both.statistics(kPlays).gini);
  EXPECT_EQ(one.statistics(kPlays).mean_length, both.statistics(kPlays).mean_length);
}

TEST(ListStatistics, of_no_lists_are_zero) {
  const ListStatistics lists = ListCounts(4).statistics(kPlays);
  EXPECT_EQ(lists.gini, 0);
  EXPECT_EQ(lists.hubness, 0);
  EXPECT_EQ(lists.popularity_rank, 0);
}

}  // namespace
}  // namespace segue::evaluate
