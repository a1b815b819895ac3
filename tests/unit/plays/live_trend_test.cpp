#include "segue/plays/live_trend.h"

#include <algorithm>
#include <latch>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/random.h"

namespace segue::plays {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr std::int64_t kLiveDay = 86400 * std::int64_t{1'000'000};
constexpr std::int64_t kUntil = 18'000 * kLiveDay;

void expect_near_share(const TrendPlays& found, const TrendPlays& wanted) {
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], wanted[i], 1e-4 * wanted[i] + 1e-6) << i;
}

// The model's part and the live part together are the trend of all plays, in whatever order they arrive.
TEST(LiveTrend, equals_the_trend_of_the_same_plays) {
  constexpr std::uint32_t kSongs = 30;
  constexpr std::int64_t kEnd = kUntil + 40 * kLiveDay;
  Random random(7, 0);
  std::vector<TrendOfPlays::Play> before;
  std::vector<TrendOfPlays::Play> all;
  for (int i = 0; i < 3000; ++i) {
    const auto at = kUntil + static_cast<std::int64_t>((random.uniform() * 80 - 40) * static_cast<double>(kLiveDay));
    const auto song = static_cast<data::SongRow>(random.uniform() * random.uniform() * kSongs);
    all.push_back({at, song});
    if (at <= kUntil) before.push_back(all.back());
  }
  const TrendOfPlays known(before, kSongs, kEnd);
  std::vector<TrendPlays> plays;
  for (data::SongRow song = 0; song < kSongs; ++song) plays.push_back(known.of(song, kUntil + 1));
  LiveTrend live(plays, kUntil);
  std::size_t counted = 0;
  for (const TrendOfPlays::Play& play : all) counted += live.count(play.song, play.at, kEnd) ? 1U : 0U;
  EXPECT_EQ(counted, all.size() - before.size());
  EXPECT_EQ(live.counted(), counted);

  const TrendOfPlays wanted(all, kSongs, kEnd);
  for (const std::int64_t at : {kEnd, kEnd + 3 * kLiveDay, kEnd + 30 * kLiveDay}) {
    for (data::SongRow song = 0; song < kSongs; ++song) expect_near_share(live.of(song, at), wanted.of(song, at));
    TrendPlays mean = wanted.mean(at);
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] = std::max(mean[i], known.mean(kUntil + 1)[i]);
    expect_near_share(live.mean(at), mean);
  }
}

TEST(LiveTrend, is_that_of_the_model_until_a_play_arrives) {
  const std::vector<TrendPlays> plays = {{4, 5, 6}, {0, 0, 2}};
  const LiveTrend live(plays, kUntil);
  EXPECT_EQ(live.of(0, kUntil), plays[0]);
  EXPECT_EQ(live.of(0, kUntil - kLiveDay), plays[0]);
  EXPECT_NEAR(live.of(0, kUntil + 4 * kLiveDay)[0], 2, 1e-6);
  EXPECT_EQ(live.mean(kUntil)[2], 4);
  EXPECT_EQ(live.newest(), kUntil);
  EXPECT_THAT(live.leaders(kUntil), ElementsAre(0U, 1U));
}

TEST(LiveTrend, says_less_of_a_service_with_fewer_plays_than_its_log) {
  const std::vector<TrendPlays> plays(100, {10, 10, 10});  // a thousand plays of a log
  LiveTrend live(plays, kUntil);
  const std::int64_t at = kUntil + 100 * kLiveDay;
  ASSERT_TRUE(live.count(7, at, at));
  // One play a hundred days later is all there is of the last days, but a tenth of the mean song's plays in the log.
  EXPECT_NEAR(live.of(7, at)[0] / live.mean(at)[0], 0.1, 1e-3);
}

TEST(LiveTrend, counts_neither_what_the_model_knows_nor_the_future) {
  LiveTrend live(std::vector<TrendPlays>(2), kUntil);
  const std::int64_t now = kUntil + kLiveDay;
  EXPECT_FALSE(live.count(0, kUntil, now));
  EXPECT_FALSE(live.count(0, 0, now));
  EXPECT_FALSE(live.count(0, now + 1, now));
  EXPECT_EQ(live.mean(now)[0], 0);
  EXPECT_TRUE(live.count(0, now, now));
  EXPECT_NEAR(live.of(0, now)[0], 1, 1e-6);
  EXPECT_EQ(live.newest(), now);
}

TEST(LiveTrend, stays_finite_as_long_as_it_counts) {
  LiveTrend live(std::vector<TrendPlays>(1), kUntil);
  const std::int64_t last = kUntil + LiveTrend::kLongest;
  EXPECT_FALSE(live.count(0, last + 1, last + 1));
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(live.count(0, last, last));
  EXPECT_NEAR(live.of(0, last)[0], 1000, 0.1);
}

TEST(LiveTrend, has_a_song_that_rises_among_its_leaders) {
  std::vector<TrendPlays> plays(500, TrendPlays{10, 10, 10});
  plays[499] = {};
  LiveTrend live(plays, kUntil);
  EXPECT_THAT(live.leaders(kUntil), Not(Contains(499U)));
  for (int i = 0; i < 50; ++i) live.count(499, kUntil + kLiveDay, kUntil + kLiveDay);
  EXPECT_THAT(live.leaders(kUntil + kLiveDay), Not(Contains(499U)));
  live.refresh_leaders();
  EXPECT_THAT(live.leaders(kUntil + kLiveDay), Contains(499U));
}

TEST(LiveTrend, loses_no_play_of_several_threads_while_it_is_read) {
  constexpr std::uint64_t kPlays = 50'000;
  LiveTrend live(std::vector<TrendPlays>(3), kUntil);
  const std::int64_t now = kUntil + kLiveDay;
  {
    std::latch start(2);
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < 2; ++writer) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        for (std::uint64_t i = 0; i < kPlays; ++i) live.count(static_cast<data::SongRow>(i % 2), now, now);
      });
    }
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) live.refresh_leaders();
    });
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        EXPECT_LE(live.of(0, now)[0], kPlays + 1);
        EXPECT_LE(live.leaders(now).size(), 2U);
      }
    });
  }
  EXPECT_EQ(live.counted(), 2 * kPlays);
  EXPECT_NEAR(live.of(0, now)[0], kPlays, 0.1);
  EXPECT_NEAR(live.mean(now)[2], 2.0 * kPlays / 3, 0.1);
}

}  // namespace
}  // namespace segue::plays
