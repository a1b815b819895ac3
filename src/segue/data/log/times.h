// Parses the times of logs to microseconds since 1970-01-01 UTC.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace segue::data {

// The unit of a plain number. Automatic: below 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds (each
// covers 1973 to beyond the year 5000); anything larger is not a time.
enum class TimeUnit { automatic, s, ms, us };

inline constexpr std::array<std::string_view, 4> kTimeUnitNames = {"auto", "s", "ms", "us"};
constexpr std::span<const std::string_view> names(TimeUnit) {
  return kTimeUnitNames;
}

// A number (1572657300, 1572657300.25, -1) or ISO 8601: 2019-11-02, 2019-11-02T01:15Z, 2019-11-02 01:15:00.5+02:00;
// without a zone it is UTC. nullopt for anything else and for times before the year 1 or after 9999.
std::optional<std::int64_t> parse_time(std::string_view text, TimeUnit unit);

}  // namespace segue::data
