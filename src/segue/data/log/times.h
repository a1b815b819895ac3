// The times of logs, in microseconds since 1970-01-01 UTC.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "segue/data/log/cell.h"

namespace segue::data {

// The unit of a plain number. Automatic: the one unit in which the number is a time of the years 1999 to 2099: seconds,
// milliseconds, microseconds or nanoseconds since 1970; days of a spreadsheet (45306.5); digits such as 20240115,
// 202401151430 or 20240115143000. No number is a time of those years in two of them.
enum class TimeUnit { automatic, s, ms, us, ns };

inline constexpr std::array<std::string_view, 5> kTimeUnitNames = {"auto", "s", "ms", "us", "ns"};
constexpr std::span<const std::string_view> names(TimeUnit) {
  return kTimeUnitNames;
}

// The order of the parts of a date such as 08/03/2022. Automatic: the order that fits the dates of the file.
enum class DateOrder { automatic, dmy, mdy, ymd };

inline constexpr std::array<std::string_view, 4> kDateOrderNames = {"auto", "dmy", "mdy", "ymd"};
constexpr std::span<const std::string_view> names(DateOrder) {
  return kDateOrderNames;
}

struct TimeRules {
  TimeUnit unit = TimeUnit::automatic;
  DateOrder order = DateOrder::automatic;
};

enum class TimeFault { none, unreadable, ambiguous };

struct ParsedTime {
  std::int64_t micros = 0;
  TimeFault fault = TimeFault::none;
};

// A number; ISO 8601 (2019-11-02T01:15:00.5+02:00); 15 Aug 2017 21:19; 05 Apr 2010, 11:59; Aug 15, 2017, 9:19 PM;
// Tue, 15 Aug 2017 21:19:00 +0200; 2024-09-05 03:03:07 UTC; 15.08.2017; 08/15/2017 21:19. Without a zone it is UTC.
// `ambiguous`: both 08/03 and 03/08 are dates, and the rules name no order. `unreadable`: anything else, and times
// before the year 1 or after 9999.
ParsedTime parse_time(std::string_view text, const TimeRules& rules);
ParsedTime parse_time(const Cell& cell, const TimeRules& rules);

// The moment that the option `name` states. Throws wrong_use.
std::int64_t date_option(std::string_view name, const std::string& text);

// The order of a date such as 25/12/2022, which only dmy can be; automatic if the text does not tell.
DateOrder order_told_by(std::string_view text);

// "2024-01-15 14:30:00" in UTC, for people.
std::string time_for_people(std::int64_t micros);
// "2024-01-15".
std::string date_for_people(std::int64_t micros);

}  // namespace segue::data
