#include "segue/plays/trend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::plays {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kDay = 86400 * std::int64_t{1'000'000};

// Song 0 is played on days 0 and 4, song 1 on day 4; song 2 never.
TrendOfPlays small_trend() {
  return {{{4 * kDay, 1}, {0, 0}, {4 * kDay, 0}}, 3, 4 * kDay};
}

TEST(Trend, counts_a_play_half_after_a_half_life) {
  const TrendOfPlays trend = small_trend();
  const TrendPlays now = trend.of(0, 8 * kDay);
  EXPECT_NEAR(now[0], 0.25 + 0.5, 1e-6);
  EXPECT_NEAR(now[1], std::exp2(-8.0 / 20) + std::exp2(-4.0 / 20), 1e-6);
  EXPECT_NEAR(trend.of(1, 8 * kDay)[0], 0.5, 1e-6);
  EXPECT_EQ(trend.of(2, 8 * kDay)[0], 0);
  EXPECT_NEAR(trend.mean(8 * kDay)[0], (0.75 + 0.5) / 3, 1e-6);
}

TEST(Trend, does_not_know_what_is_played_at_that_moment_or_later) {
  const TrendOfPlays trend = small_trend();
  EXPECT_EQ(trend.of(1, 4 * kDay)[0], 0);
  EXPECT_NEAR(trend.of(0, 4 * kDay)[0], 0.5, 1e-6);
  EXPECT_NEAR(trend.of(1, 4 * kDay + 1)[0], 1, 1e-6);
  EXPECT_EQ(trend.mean(0)[0], 0);
}

TEST(Trend, has_leaders_from_the_moment_they_are_asked_for) {
  const TrendOfPlays trend = small_trend();
  EXPECT_THAT(trend.leaders(3 * kDay), IsEmpty());
  EXPECT_THAT(trend.leaders(5 * kDay), ElementsAre(0U));  // as of the first play from then on, which does not count
}

TEST(Trend, of_all_half_lives_has_its_leaders) {
  std::vector<TrendPlays> plays(500, TrendPlays{1, 1, 1});
  plays[400] = {9, 0, 0};
  plays[401] = {0, 0, 9};
  const std::vector<data::SongRow> leaders = leaders_of(500, [&](data::SongRow song) { return plays[song]; });
  EXPECT_TRUE(std::ranges::binary_search(leaders, 400U));
  EXPECT_TRUE(std::ranges::binary_search(leaders, 401U));
  EXPECT_LT(leaders.size(), 200U);
}

}  // namespace
}  // namespace segue::plays
