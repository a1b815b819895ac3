#include "app/cli/retrain_times.h"

#include "segue/base/error.h"
#include "segue/base/options.h"
#include "segue/serve/options.h"

namespace segue::cli {

namespace {

constexpr int kDaily = 4 * 60;
constexpr int kMinutesADay = 24 * 60;

constexpr OptionRow kIntervalRow = option<&serve::ServeOptions::watch>("retrain", "");

// "HH:MM" as minutes.
std::optional<int> minute_of_day(const std::string& text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : 1000; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hour = 10 * digit(0) + digit(1);
  const int minute = 10 * digit(3) + digit(4);
  return hour < 24 && minute < 60 ? std::optional(60 * hour + minute) : std::nullopt;
}

}  // namespace

RetrainTimes retrain_times(const std::string& text) {
  if (text == "off") return {};
  if (text == "daily") return {.minute_of_day = kDaily};
  if (const auto minute = minute_of_day(text)) return {.minute_of_day = minute};
  RetrainTimes times;
  try {
    times.interval = detail::parse_duration(kIntervalRow, text);
  } catch (const Error&) {
    times.interval = std::chrono::milliseconds(0);
  }
  if (times.interval < std::chrono::seconds(1)) {
    fail(ErrorCode::wrong_use,
         "--retrain: expected off, daily, a time such as 04:00 or an interval such as 6h, found {}", text);
  }
  return times;
}

std::chrono::milliseconds RetrainTimes::wait_from(std::time_t now) const {
  if (!minute_of_day) return interval;
  // Through the calendar, so that it stays the same hour when clocks change.
  std::tm local{};
  ::localtime_r(&now, &local);
  const bool is_past = 60 * local.tm_hour + local.tm_min >= *minute_of_day;
  local.tm_mday += is_past ? 1 : 0;
  local.tm_hour = *minute_of_day / 60;
  local.tm_min = *minute_of_day % 60;
  local.tm_sec = 0;
  local.tm_isdst = -1;
  const std::time_t next = ::mktime(&local);
  // A day on which that hour does not exist must not end in a loop.
  const std::time_t wait = next > now ? next - now : std::time_t{60} * kMinutesADay;
  return std::chrono::seconds(wait);
}

}  // namespace segue::cli
