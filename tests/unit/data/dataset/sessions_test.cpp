#include "segue/data/dataset/sessions.h"

#include <gtest/gtest.h>

namespace segue::data {
namespace {

using Lists = std::vector<std::vector<std::uint32_t>>;

Lists lists_of(const QueueStore& store) {
  Lists lists;
  for (const QueueStore::Entry& entry : store.entries()) {
    const auto songs = store.songs(entry);
    lists.emplace_back(songs.begin(), songs.end());
  }
  return lists;
}

TEST(CutSessions, at_a_longer_gap_only) {
  QueueStore out;
  const DroppedPlays dropped =
      cut_sessions(std::vector<Play>{{0, 1, 0}, {0, 2, 10}, {0, 3, 21}, {0, 4, 31}}, {10, false, 2}, out);
  EXPECT_EQ(lists_of(out), (Lists{{1, 2}, {3, 4}}));
  EXPECT_EQ(out.entries()[1].start_time(), 21);
  EXPECT_EQ(dropped.short_sessions, 0U);
}

TEST(CutSessions, at_another_user) {
  QueueStore out;
  cut_sessions(std::vector<Play>{{0, 1, 0}, {0, 2, 0}, {1, 3, 0}, {1, 4, 0}}, {10, false, 2}, out);
  EXPECT_EQ(lists_of(out), (Lists{{1, 2}, {3, 4}}));
}

TEST(CutSessions, repeats_bridge_gaps_and_are_folded_within_a_session) {
  QueueStore out;
  const DroppedPlays dropped = cut_sessions(
      std::vector<Play>{{0, 1, 0}, {0, 1, 10}, {0, 2, 20}, {0, 1, 25}, {0, 1, 50}, {0, 1, 60}}, {10, false, 2}, out);
  EXPECT_EQ(lists_of(out), (Lists{{1, 2, 1}}));
  EXPECT_EQ(dropped.repeats, 2U);
  EXPECT_EQ(dropped.short_sessions, 1U);
}

TEST(CutSessions, repeats_can_be_kept) {
  QueueStore out;
  const DroppedPlays dropped = cut_sessions(std::vector<Play>{{0, 1, 0}, {0, 1, 10}}, {10, true, 2}, out);
  EXPECT_EQ(lists_of(out), (Lists{{1, 1}}));
  EXPECT_EQ(dropped.repeats, 0U);
}

TEST(PlayStore, keeps_the_order_of_plays_of_one_time) {
  PlayStore plays;
  for (std::uint32_t i = 0; i < 10'000; ++i) plays.add({7, i, i < 5'000 ? 2 : 1});
  const PlayStore::Sessions sessions = plays.take_sessions({10, false, 2}, 2);
  const QueueStore& store = sessions.stores[7 % PlayStore::kBuckets];
  ASSERT_EQ(store.entries().size(), 1U);
  const auto songs = store.songs(store.entries()[0]);
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    EXPECT_EQ(songs[i], 5'000 + i);
    EXPECT_EQ(songs[5'000 + i], i);
  }
  EXPECT_EQ(plays.size(), 0U);
}

}  // namespace
}  // namespace segue::data
