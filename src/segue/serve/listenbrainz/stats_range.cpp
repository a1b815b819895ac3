#include "segue/serve/listenbrainz/stats_range.h"

#include <chrono>

#include "segue/base/error.h"
#include "segue/serve/listenbrainz/submitted_listens.h"

namespace segue::serve {

namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;
using std::chrono::years;

TimeRange between_days(sys_days from, sys_days to) {
  const auto seconds = [](sys_days day) {
    return std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch()).count();
  };
  return {seconds(from), seconds(to)};
}

// The whole period of so many months that `today` is in, and those before (`ago` of them).
TimeRange months_around(const year_month_day& today, unsigned length, int ago) {
  const unsigned month = static_cast<unsigned>(today.month());
  const year_month_day first = today.year() / std::chrono::month((month - 1) / length * length + 1) / 1;
  const year_month_day begin = first - months(static_cast<int>(length) * ago);
  return between_days(sys_days(begin), sys_days(begin + months(static_cast<int>(length))));
}

TimeRange week_around(sys_days today, int ago) {
  const sys_days monday = today - (std::chrono::weekday(today) - std::chrono::Monday) - days(7 * ago);
  return between_days(monday, monday + days(7));
}

}  // namespace

TimeRange stats_range(std::string_view name, std::int64_t now) {
  constexpr unsigned kYear = 12;
  constexpr unsigned kHalfYear = 6;
  constexpr unsigned kQuarter = 3;
  if (name == "all_time") return {0, now + kClockSkew};
  const sys_days day = std::chrono::floor<days>(std::chrono::sys_seconds(std::chrono::seconds(now)));
  const year_month_day today(day);
  if (name == "this_week" || name == "week") return week_around(day, name == "week" ? 1 : 0);
  if (name == "this_month" || name == "month") return months_around(today, 1, name == "month" ? 1 : 0);
  if (name == "this_year" || name == "year") return months_around(today, kYear, name == "year" ? 1 : 0);
  if (name == "quarter") return months_around(today, kQuarter, 1);
  SEGUE_ASSERT(name == "half_yearly");
  return months_around(today, kHalfYear, 1);
}

}  // namespace segue::serve
