// A small text chart of a series, for the end of a long command.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace segue::cli {

inline constexpr std::size_t kChartRows = 6;
inline constexpr std::size_t kChartWidth = 72;

// The values as bars from left to right, kChartRows rows high in steps of an eighth of a character. The number at the
// left of a row is the value that fills the row; the numbers below are those of the first and last value, from 1. The
// least value is an eighth high, and heights grow with the square root of the difference from it, which shows both a
// steep start and a slow end. At most `columns` wide, 20 or more: with more values than columns, each bar is a mean of
// several.
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
// Empty for fewer than two values, or if one is not finite.
std::string chart(std::string_view title, std::span<const double> values, std::size_t columns = kChartWidth);

}  // namespace segue::cli
