// When a service makes its next model: segue serve --retrain.
#pragma once

#include <chrono>
#include <ctime>
#include <optional>
#include <string>

namespace segue::cli {

// When to retrain: "off", a time of the day as "04:00", or an interval as "6h"; "daily" is 04:00.
struct RetrainTimes {
  std::optional<int> minute_of_day;  // of the local time
  std::chrono::milliseconds interval{0};

  bool off() const { return !minute_of_day && interval.count() == 0; }
  // From `now` on, at the next time after it. REQUIRES: not off().
  std::chrono::milliseconds wait_from(std::time_t now) const;
};

// Throws wrong_use for anything else, and for an interval below a second.
RetrainTimes retrain_times(const std::string& text);

}  // namespace segue::cli
