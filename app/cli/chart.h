// A small chart of a series in characters, for the end of a long command.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace segue::cli {

// The values as bars, the first at the left, in kChartRows rows of eighths of a character; the most and the least
// stand at the left, the numbers of the first and the last value (from 1) below. Bars stand for differences: the least
// is an eighth high. At most kChartWidth columns: where there are more values than columns, a bar is the mean of
// several.
//
//   loss by epoch
//   2.410 ██████
//         ██████
//         ██████ ▂▂▂▂▂▂
//         ██████ ██████
//         ██████ ██████ ▅▅▅▅▅▅
//   1.120 ██████ ██████ ██████ ▁▁▁▁▁▁
//         1                         4
//
// Empty for fewer than two values, or where one is not finite.
std::string chart(std::string_view title, std::span<const double> values);

inline constexpr std::size_t kChartRows = 6;
inline constexpr std::size_t kChartWidth = 72;

}  // namespace segue::cli
