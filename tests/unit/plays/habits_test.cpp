#include "segue/plays/habits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/data/dataset/queues.h"

#include "tests/support/scratch.h"

namespace segue::plays {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kOneDay = 86400 * std::int64_t{1'000'000};

// Two sessions of one user, the later one first, and one of another.
data::Queues sessions(const testing::Scratch& scratch) {
  data::QueuesWriter writer(scratch / "queues.arrow");
  writer.add("a", 8 * kOneDay, std::vector<data::SongRow>{1, 9});
  writer.add("a", 4 * kOneDay, std::vector<data::SongRow>{0, 1});
  writer.add("b", 8 * kOneDay, std::vector<data::SongRow>{0});
  writer.close();
  return data::Queues(scratch / "queues.arrow", 10);
}

TEST(Habits, hold_the_trend_at_the_newest_start) {
  const testing::Scratch scratch;
  const Habits habits = count_habits(sessions(scratch), 2, true);
  EXPECT_EQ(habits.until, 8 * kOneDay);
  ASSERT_EQ(habits.trend.size(), 2U);
  EXPECT_NEAR(habits.trend[0][0], 0.5 + 1, 1e-6);
  EXPECT_NEAR(habits.trend[1][0], 1 + 0.5, 1e-6);
  const TrendUntil trend(habits.trend);
  EXPECT_NEAR(trend.mean(0)[0], 1.5, 1e-6);
  EXPECT_THAT(trend.leaders(0), ElementsAre(0U, 1U));
}

TEST(Habits, follow_a_listener_from_session_to_session) {
  const testing::Scratch scratch;
  // In order of time, a plays 0, 1, 1: a quarter of all four plays repeats a song.
  EXPECT_EQ(count_habits(sessions(scratch), 2, true).returns.repeats, 0.25F);
  EXPECT_EQ(count_habits(sessions(scratch), 2, false).returns.repeats, 0);
}

TEST(Habits, without_times_have_no_trend) {
  const Habits habits = count_habits(data::Queues({{0, 1, 0}}), 2, false);
  EXPECT_FALSE(habits.until.has_value());
  EXPECT_TRUE(habits.trend.empty());
  EXPECT_GT(habits.returns.of(2, 1), 0.2);
}

}  // namespace
}  // namespace segue::plays
