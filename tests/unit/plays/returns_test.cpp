#include "segue/plays/returns.h"

#include <vector>

#include <gtest/gtest.h>

#include "segue/base/random.h"

namespace segue::plays {
namespace {

using Rows = std::vector<data::SongRow>;

TEST(ReturnGroups, are_two_an_octave) {
  for (std::size_t gap = 1; gap <= 5; ++gap) EXPECT_EQ(gap_group(gap), gap - 1);
  EXPECT_EQ(gap_group(6), 4U);
  EXPECT_EQ(gap_group(7), 5U);
  EXPECT_EQ(gap_group(9), 6U);
  EXPECT_EQ(gap_group(12), 6U);
  EXPECT_EQ(gap_group(13), 7U);
  EXPECT_EQ(gap_group(1'000'000'000), kGapGroups - 1);
  for (std::size_t gap = 1; gap < 5000; ++gap) {
    EXPECT_LE(gap_group(gap), gap_group(gap + 1));
    EXPECT_LE(gap_group(gap + 1), gap_group(gap) + 1);
  }
  EXPECT_EQ(plays_group(1), 0U);
  EXPECT_EQ(plays_group(4), 2U);
  EXPECT_EQ(plays_group(9), 3U);
  EXPECT_EQ(plays_group(10), 4U);
}

// Three songs in turn, for ever: each returns after three plays and never at another time.
TEST(Returns, of_songs_in_turn_happen_after_their_number) {
  Rows songs;
  for (std::uint32_t i = 0; i < 30'000; ++i) songs.push_back(i % 3);
  ReturnCounts counts;
  counts.add(songs);
  const ReturnRates rates = counts.rates();
  EXPECT_NEAR(rates.of(3, 100), 1, 0.01);
  EXPECT_LT(rates.of(1, 100), 0.01);
  EXPECT_LT(rates.of(2, 100), 0.01);
  EXPECT_NEAR(rates.repeats, 1, 0.001);
}

// Songs drawn by chance among a hundred return at a rate of one in a hundred, whatever the gap.
TEST(Returns, by_chance_do_not_depend_on_the_gap) {
  Random random(3);
  Rows songs;
  for (int i = 0; i < 200'000; ++i) songs.push_back(random.below(100));
  ReturnCounts counts;
  counts.add(songs);
  const ReturnRates rates = counts.rates();
  for (const std::size_t gap : {1, 2, 5, 10, 50, 100}) EXPECT_NEAR(rates.of(gap, 50), 0.01, 0.002) << gap;
}

TEST(Returns, of_a_song_played_once_are_told_from_those_of_favourites) {
  ReturnCounts counts;
  // One song is played at every other place, the others never again.
  Rows songs;
  for (std::uint32_t i = 0; i < 2000; ++i) songs.push_back(i % 2 == 0 ? 0 : i);
  counts.add(songs);
  const ReturnRates rates = counts.rates();
  EXPECT_GT(rates.of(2, 20), 0.9);
  EXPECT_LT(rates.of(2, 1), 0.1);
}

TEST(Returns, of_nothing_are_zero) {
  EXPECT_EQ(ReturnCounts().rates().of(1, 1), 0);
  ReturnCounts counts;
  counts.add({});
  counts.add(Rows{1, 2, 3});
  EXPECT_EQ(counts.rates().of(2, 1), 0);
  EXPECT_EQ(counts.rates().repeats, 0);
}

}  // namespace
}  // namespace segue::plays
