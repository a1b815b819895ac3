#include "segue/data/dataset/sessions.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include <gtest/gtest.h>

#include "segue/data/dataset/listen_store.h"

#include "tests/support/scratch.h"

namespace segue::data {
namespace {

using Lists = std::vector<std::vector<std::uint32_t>>;
using Listens = std::vector<StoredListen>;

constexpr std::int64_t kMinute = 60'000'000;

StoredListen at(std::uint32_t user, std::uint32_t song, std::int64_t time) {
  StoredListen listen;
  listen.time = time;
  listen.user = user;
  listen.song = song;
  return listen;
}

// A play of so many minutes that ends at this minute.
StoredListen ended(std::uint32_t song, std::int64_t minute, std::int32_t minutes) {
  StoredListen listen = at(0, song, minute * kMinute);
  listen.length_ms = minutes * 60'000;
  listen.time_is_end = true;
  return listen;
}

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
  const CutCounts counts =
      cut_sessions(Listens{at(0, 1, 0), at(0, 2, 10), at(0, 3, 21), at(0, 4, 31)}, {10, false, 2}, out, nullptr);
  EXPECT_EQ(lists_of(out), (Lists{{1, 2}, {3, 4}}));
  EXPECT_EQ(out.entries()[1].start_time(), 21);
  EXPECT_EQ(counts.short_sessions, 0U);
  EXPECT_EQ(counts.first_time, 0);
  EXPECT_EQ(counts.last_time, 31);
}

TEST(CutSessions, at_another_user) {
  QueueStore out;
  cut_sessions(Listens{at(0, 1, 0), at(0, 2, 0), at(1, 3, 0), at(1, 4, 0)}, {10, false, 2}, out, nullptr);
  EXPECT_EQ(lists_of(out), (Lists{{1, 2}, {3, 4}}));
}

// A radio station is never silent.
TEST(CutSessions, where_a_session_would_be_too_long) {
  Listens listens;
  for (std::uint32_t i = 0; i < 10; ++i) listens.push_back(at(0, i, 10 * i));
  listens.push_back(at(1, 0, 95));
  listens.push_back(at(1, 1, 99));
  QueueStore out;
  cut_sessions(listens, {10, false, 2, 40}, out, nullptr);
  EXPECT_EQ(lists_of(out), (Lists{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9}, {0, 1}}));
  EXPECT_EQ(out.entries()[1].start_time(), 40);
}

TEST(CutSessions, repeats_bridge_gaps_and_are_folded_within_a_session) {
  QueueStore out;
  const CutCounts counts =
      cut_sessions(Listens{at(0, 1, 0), at(0, 1, 10), at(0, 2, 20), at(0, 1, 25), at(0, 1, 50), at(0, 1, 60)},
                   {10, false, 2}, out, nullptr);
  EXPECT_EQ(lists_of(out), (Lists{{1, 2, 1}}));
  EXPECT_EQ(counts.repeats, 2U);
  EXPECT_EQ(counts.short_sessions, 1U);
}

TEST(CutSessions, repeats_can_be_kept) {
  QueueStore out;
  const CutCounts counts = cut_sessions(Listens{at(0, 1, 0), at(0, 1, 10)}, {10, true, 2}, out, nullptr);
  EXPECT_EQ(lists_of(out), (Lists{{1, 1}}));
  EXPECT_EQ(counts.repeats, 0U);
}

TEST(CutSessions, the_gap_is_the_silence) {
  QueueStore out;
  // Works of 40 minutes, back to back.
  cut_sessions(Listens{ended(1, 40, 40), ended(2, 80, 40), ended(3, 120, 40)}, {30 * kMinute, false, 2}, out, nullptr);
  EXPECT_EQ(lists_of(out), (Lists{{1, 2, 3}}));
  EXPECT_EQ(out.entries()[0].start_time(), 0);
  // 31 minutes of silence between an end and a start.
  QueueStore apart;
  cut_sessions(Listens{ended(1, 10, 3), ended(2, 44, 3), ended(3, 48, 3)}, {30 * kMinute, false, 2}, apart, nullptr);
  EXPECT_EQ(lists_of(apart), (Lists{{2, 3}}));
}

TEST(CutSessions, skips_are_counted_and_bridge_nothing) {
  StoredListen skipped = at(0, 9, 10);
  skipped.marked_skipped = true;
  StoredListen brief = at(0, 9, 20);
  brief.too_short = true;
  QueueStore out;
  std::vector<SkipCount> skips;
  const CutCounts counts =
      cut_sessions(Listens{at(0, 1, 0), skipped, brief, at(0, 2, 25), at(0, 3, 26)}, {15, false, 2}, out, &skips);
  EXPECT_EQ(lists_of(out), (Lists{{2, 3}}));
  EXPECT_EQ(counts.marked_skipped, 1U);
  EXPECT_EQ(counts.too_short, 1U);
  ASSERT_EQ(skips.size(), 1U);
  EXPECT_EQ(skips[0].song, 9U);
  EXPECT_EQ(skips[0].times, 2U);
}

TEST(SortListens, one_listen_once) {
  Listens listens{at(0, 1, 5), at(0, 2, 5), at(0, 1, 5), at(0, 2, 5), at(1, 1, 5), at(0, 1, 6)};
  listens[2].length_ms = 1000;
  CutCounts counts;
  ListenSorter().sort(listens, counts);
  EXPECT_EQ(counts.same_listens, 2U);
  ASSERT_EQ(listens.size(), 4U);
  EXPECT_EQ(listens[0].song, 1U);
  EXPECT_EQ(listens[0].length_ms, 1000);  // the report that knows more
  EXPECT_EQ(listens[1].song, 2U);
}

TEST(SortListens, a_log_with_dates_only_is_no_quadratic_work) {
  Listens listens;
  for (std::uint32_t i = 0; i < 300'000; ++i) listens.push_back(at(0, i % 100'000, 5));
  CutCounts counts;
  ListenSorter().sort(listens, counts);
  EXPECT_EQ(listens.size(), 100'000U);
  EXPECT_EQ(counts.same_listens, 200'000U);
}

class ListenStoreTest : public ::testing::Test {
 protected:
  Lists cut(ListenStore& store, std::uint32_t users, std::uint32_t songs) {
    std::vector<std::uint32_t> song_of(songs);
    std::vector<std::uint32_t> order(users);
    for (std::uint32_t i = 0; i < songs; ++i) song_of[i] = i;
    for (std::uint32_t i = 0; i < users; ++i) order[i] = users - 1 - i;
    store.cut({{10, false, 2}, song_of, order}, 2);
    Lists lists;
    for (const CutBucket& bucket : store.buckets()) {
      SessionReader sessions(bucket);
      while (const QueueStore::Entry* entry = sessions.next()) {
        lists.push_back({entry->user});
        lists.back().insert(lists.back().end(), sessions.songs().begin(), sessions.songs().end());
      }
    }
    return lists;
  }

  testing::Scratch folder_;
};

TEST_F(ListenStoreTest, keeps_the_order_of_listens_of_one_time) {
  ListenStore store(1 << 30, folder_ / ".");
  store.begin_log();
  for (std::uint32_t i = 0; i < 10'000; ++i) store.add(at(7, i, i < 5'000 ? 2 : 1));
  // One step back and a few forth: not a log written newest first.
  for (std::uint32_t i = 0; i < 3; ++i) store.add(at(7, 10'000 + i, 3 + i));
  store.end_log();
  const Lists lists = cut(store, 8, 10'003);
  ASSERT_EQ(lists.size(), 1U);
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    EXPECT_EQ(lists[0][1 + i], 5'000 + i);
    EXPECT_EQ(lists[0][5'001 + i], i);
  }
}

TEST_F(ListenStoreTest, turns_round_a_log_written_newest_first) {
  ListenStore store(1 << 30, folder_ / ".");
  store.begin_log();
  for (const auto& [song, time] : {std::pair{4U, 6}, {3U, 3}, {2U, 0}, {1U, 0}}) store.add(at(0, song, time));
  store.end_log();
  store.begin_log();
  for (const auto& [song, time] : {std::pair{5U, 7}, {6U, 7}, {7U, 8}}) store.add(at(0, song, time));
  store.end_log();
  EXPECT_EQ(cut(store, 1, 8), (Lists{{0, 1, 2, 3, 4, 5, 6, 7}}));
}

TEST_F(ListenStoreTest, spilled_or_not_the_sessions_are_the_same) {
  const auto fill = [](ListenStore& store) {
    for (std::uint32_t log = 0; log < 3; ++log) {
      store.begin_log();
      for (std::uint32_t i = 0; i < 200'000; ++i) {
        const std::uint32_t time = i / 700 * 4 + i % 3;
        store.add(at(i % 700, (i * 7919 + log) % 1000, log == 1 ? 5'000 - time : 10'000 * log + time));
      }
      store.end_log();
    }
  };
  ListenStore in_memory(1 << 30, folder_ / ".");
  fill(in_memory);
  ListenStore spilled(1 << 20, folder_ / ".");
  fill(spilled);
  EXPECT_FALSE(in_memory.spilled());
  EXPECT_TRUE(spilled.spilled());
  const Lists lists = cut(in_memory, 700, 1000);
  EXPECT_GT(lists.size(), 700U);
  EXPECT_EQ(lists, cut(spilled, 700, 1000));
}

// Sessions and skips of users in all buckets, in the order of users.
TEST(ListenStore, spilled_or_not_it_holds_the_same) {
  constexpr std::uint32_t kUsers = 700;  // some share a bucket
  std::vector<std::uint32_t> same(kUsers);
  std::iota(same.begin(), same.end(), 0U);
  const auto held = [&](std::uint64_t most_bytes) {
    ListenStore store(most_bytes, std::filesystem::temp_directory_path());
    store.begin_log();
    for (std::uint32_t i = 0; i < 7000; ++i) {
      StoredListen listen = at(i * 37 % kUsers, i % 11, i / kUsers);
      listen.too_short = i % 3 == 0;
      store.add(listen);
    }
    store.end_log();
    store.cut({{10, false, 1}, same, same}, 2);
    EXPECT_EQ(store.spilled(), most_bytes == 0);
    std::pair<Lists, Lists> found;
    const std::span<const CutBucket> buckets = store.buckets();
    merge_by_user(std::vector<SessionReader>(buckets.begin(), buckets.end()),
                  [&](const QueueStore::Entry& entry, const SessionReader& reader) {
                    found.first.push_back({entry.user});
                    found.first.back().insert(found.first.back().end(), reader.songs().begin(), reader.songs().end());
                  });
    merge_by_user(std::vector<SkipReader>(buckets.begin(), buckets.end()),
                  [&](const SkipCount& skip, const SkipReader&) {
                    found.second.push_back({skip.user, skip.song, skip.times});
                  });
    return found;
  };
  const auto in_memory = held(1 << 30);
  EXPECT_TRUE(std::ranges::is_sorted(in_memory.first, {}, [](const auto& list) { return list.front(); }));
  EXPECT_TRUE(std::ranges::is_sorted(in_memory.second, {}, [](const auto& list) { return list.front(); }));
  EXPECT_EQ(in_memory.first.size(), kUsers);
  EXPECT_GT(in_memory.second.size(), kUsers);
  EXPECT_EQ(held(0), in_memory);
}

}  // namespace
}  // namespace segue::data
