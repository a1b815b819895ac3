// The times that statistics are asked for by name, as in ListenBrainz: "week" is the whole week before this one.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace segue::serve {

inline constexpr std::array<std::string_view, 9> kStatsRangeNames = {
    "this_week", "this_month", "this_year", "week", "month", "quarter", "year", "half_yearly", "all_time"};

// Seconds since 1970: from ... to - 1.
struct TimeRange {
  std::int64_t from = 0;
  std::int64_t to = 0;
  bool operator==(const TimeRange&) const = default;
};

// In UTC; weeks begin on Monday. The range of all time ends in an hour, as clocks of players may be ahead. REQUIRES:
// one of the names.
TimeRange stats_range(std::string_view name, std::int64_t now);

}  // namespace segue::serve
