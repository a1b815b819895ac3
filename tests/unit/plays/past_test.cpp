#include "segue/plays/past.h"

#include <gtest/gtest.h>

namespace segue::plays {
namespace {

const Past& past() {
  static const std::vector<std::uint64_t> artists = {70, 80, 70, 70, 80, 90};
  static const Past made({5, 6, 5, 7, 6, 8}, artists);
  return made;
}

TEST(Past, knows_the_plays_of_a_song_until_a_moment) {
  ASSERT_EQ(past().of(5, 6).size(), 2U);
  EXPECT_EQ(past().of(5, 6).place(0), 0U);
  EXPECT_EQ(past().of(5, 6).last(), 2U);
  EXPECT_EQ(past().of(5, 2).size(), 1U);  // the second play is yet to come
  EXPECT_TRUE(past().of(8, 5).empty());
  EXPECT_TRUE(past().of(9, 6).empty());
  const PastUntil until{&past(), 4};
  EXPECT_EQ(until.songs().size(), 4U);
  EXPECT_EQ(until.of(6).size(), 1U);
}

TEST(Past, counts_plays_by_artist_and_repeats) {
  EXPECT_EQ(past().plays_by(70, 6), 3U);
  EXPECT_EQ(past().plays_by(70, 3), 2U);
  EXPECT_EQ(past().plays_by(90, 5), 0U);
  EXPECT_EQ(past().repeats(2), 0U);
  EXPECT_EQ(past().repeats(3), 1U);
  EXPECT_EQ(past().repeats(6), 2U);
}

TEST(Past, may_be_empty) {
  const Past nothing;
  EXPECT_FALSE((PastUntil{&nothing, 0}));
  EXPECT_FALSE(PastUntil());
  EXPECT_TRUE((PastUntil{&past(), 1}));
}

}  // namespace
}  // namespace segue::plays
