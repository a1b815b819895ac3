#include "app/cli/retrain_times.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace segue::cli {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Local time is that of Berlin, where clocks go forward on 2024-03-31 at 02:00 and back on 2024-10-27 at 03:00.
class RetrainTimesTest : public ::testing::Test {
 protected:
  RetrainTimesTest() {
    ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    ::tzset();
  }
  ~RetrainTimesTest() override {
    ::unsetenv("TZ");
    ::tzset();
  }
  static std::chrono::milliseconds wait(const std::string& text, std::time_t now) {
    return retrain_times(text).wait_from(now);
  }
};

constexpr std::time_t kNoon = 1'718'964'000;  // 2024-06-21 12:00 there

TEST_F(RetrainTimesTest, are_a_time_of_the_day) {
  EXPECT_EQ(wait("12:30", kNoon), minutes(30));
  EXPECT_EQ(wait("12:00", kNoon), hours(24));
  EXPECT_EQ(wait("11:59", kNoon), hours(24) - minutes(1));
  EXPECT_EQ(wait("daily", kNoon), hours(16));
  EXPECT_EQ(wait("00:00", kNoon + 17), hours(12) - seconds(17));
}

TEST_F(RetrainTimesTest, are_the_same_hour_when_clocks_change) {
  EXPECT_EQ(wait("04:00", 1'711'796'400), hours(16) - hours(1));  // from 12:00 on the day before
  EXPECT_EQ(wait("04:00", 1'729'936'800), hours(16) + hours(1));
  const std::time_t night = 1'711'843'200;  // 01:00, an hour before 02:30 does not exist
  EXPECT_GT(wait("02:30", night), seconds(0));
  EXPECT_LE(wait("02:30", night), hours(25));
}

TEST_F(RetrainTimesTest, are_an_interval) {
  EXPECT_EQ(wait("6h", kNoon), hours(6));
  EXPECT_EQ(wait("1s", kNoon + 5), seconds(1));
}

TEST_F(RetrainTimesTest, may_be_off) {
  EXPECT_TRUE(retrain_times("off").off());
  EXPECT_FALSE(retrain_times("daily").off());
}

TEST_F(RetrainTimesTest, refuse_anything_else) {
  for (const char* text : {"", "on", "24:00", "04:60", "4:00", "04.00", "0s", "500ms", "-1h", "12:3x", "nightly"}) {
    EXPECT_ERROR(retrain_times(text), ErrorCode::wrong_use, "--retrain: expected off, daily, a time such as 04:00");
  }
}

}  // namespace
}  // namespace segue::cli
