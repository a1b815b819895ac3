// A small chart of a series in characters, for the end of a long command.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace segue::cli {

inline constexpr std::size_t kChartRows = 6;
inline constexpr std::size_t kChartWidth = 72;

// The values as bars, the first at the left, in kChartRows rows of eighths of a character. At the left stands the value
// that fills a row to its top; below, the numbers of the first and the last value, from 1. The least value is an eighth
// high, and heights grow with the root of the difference to it: what falls steeply at first and little by little later
// shows both. At most kChartWidth columns: where there are more values than columns, a bar is the mean of several.
//
//   loss by epoch
//   2.758 ██████
//   2.371 ██████
//   2.048 ██████ ▆▆▆▆▆▆
//   1.800 ██████ ██████ ▁▁▁▁▁▁
//   1.623 ██████ ██████ ██████
//   1.516 ██████ ██████ ██████ ▁▁▁▁▁▁
//         1                         4
//
// Empty for fewer than two values, or where one is not finite.
std::string chart(std::string_view title, std::span<const double> values);

}  // namespace segue::cli
