#include "segue/data/log/times.h"

#include <gtest/gtest.h>

namespace segue::data {
namespace {

constexpr std::int64_t kTime = 1'572'657'300'000'000;  // 2019-11-02T01:15:00Z

TEST(ParseTime, numbers_by_size) {
  EXPECT_EQ(parse_time("1572657300", TimeUnit::automatic), kTime);
  EXPECT_EQ(parse_time("1572657300000", TimeUnit::automatic), kTime);
  EXPECT_EQ(parse_time("1572657300000000", TimeUnit::automatic), kTime);
  EXPECT_EQ(parse_time("1572657300.25", TimeUnit::automatic), kTime + 250'000);
  EXPECT_EQ(parse_time("0", TimeUnit::automatic), 0);
  EXPECT_EQ(parse_time("-1", TimeUnit::automatic), -1'000'000);
  EXPECT_EQ(parse_time("-0.5", TimeUnit::automatic), -500'000);
}

TEST(ParseTime, numbers_by_unit) {
  EXPECT_EQ(parse_time("5", TimeUnit::s), 5'000'000);
  EXPECT_EQ(parse_time("5", TimeUnit::ms), 5'000);
  EXPECT_EQ(parse_time("5", TimeUnit::us), 5);
}

TEST(ParseTime, iso_8601) {
  for (const char* text :
       {"2019-11-02T01:15:00Z", "2019-11-02T01:15:00", "2019-11-02 01:15", "2019-11-02T01:15:00.000Z",
        "2019-11-02T03:15:00+02:00", "2019-11-01T20:15:00-0500", "2019-11-02 01:15:00 +00:00", " 2019-11-02T01:15Z "}) {
    EXPECT_EQ(parse_time(text, TimeUnit::automatic), kTime) << text;
  }
  EXPECT_EQ(parse_time("2019-11-02", TimeUnit::automatic), kTime - 4'500'000'000);
  EXPECT_EQ(parse_time("2019-11-02T01:15:00.1234567", TimeUnit::automatic), kTime + 123'456);
  EXPECT_EQ(parse_time("1969-12-31T23:59:59Z", TimeUnit::automatic), -1'000'000);
}

TEST(ParseTime, refuses_what_is_no_time) {
  for (const char* text : {"", " ", "yesterday", "1.5e9", "12345678901234567890", "999999999999999999", "2019-13-01",
                           "2019-02-29", "2019-11-02T25:00", "2019-11-02T01:15:00+2", "2019-11-02x", "2019-11-02T",
                           "NaN", "--5", "5.", "0x10", "2019-11-02T01:15:00Zz", "-9223372036854775808"}) {
    EXPECT_EQ(parse_time(text, TimeUnit::automatic), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace segue::data
