#include "app/cli/chart.h"

#include <algorithm>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace segue::cli {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Characters, not bytes.
std::size_t width_of(const std::string& line) {
  std::size_t width = 0;
  for (const char byte : line) width += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U ? 1 : 0;
  return width;
}

std::vector<double> falling(std::size_t count) {
  std::vector<double> values;
  for (std::size_t i = 1; i <= count; ++i) values.push_back(0.5 + 2.0 / static_cast<double>(i));
  return values;
}

TEST(Chart, draws_bars_by_the_root_of_the_difference) {
  EXPECT_EQ(chart("loss", std::vector{5.0, 2.0, 1.0}),
            "loss\n"
            "5.000 ██████\n"
            "3.778 ██████\n"
            "2.778 ██████\n"
            "2.000 ██████ ██████\n"
            "1.444 ██████ ██████\n"
            "1.111 ██████ ██████ ▁▁▁▁▁▁\n"
            "      1                  3\n");
}

TEST(Chart, is_exactly_as_wide_as_allowed) {
  for (const std::size_t count : {2U, 5U, 20U, 33U, 34U, 66U, 67U, 200U, 9999U}) {
    const std::vector<std::string> lines = lines_of(chart("loss", falling(count)));
    ASSERT_EQ(lines.size(), kChartRows + 2);
    std::size_t widest = 0;
    for (const std::string& line : lines) widest = std::max(widest, width_of(line));
    EXPECT_LE(widest, kChartWidth) << count;
    EXPECT_GE(widest, count >= 20 ? kChartWidth / 2 : 0) << count;
    EXPECT_TRUE(lines.back().ends_with(std::to_string(count))) << lines.back();
    EXPECT_EQ(width_of(lines.back()), width_of(lines[kChartRows])) << "the last number is below the last bar";
  }
}

TEST(Chart, is_flat_for_equal_values) {
  const std::vector<std::string> lines = lines_of(chart("loss", std::vector{1.0, 1.0}));
  ASSERT_EQ(lines.size(), kChartRows + 2);
  EXPECT_EQ(lines[1], "1.000");
  EXPECT_EQ(lines[kChartRows], "1.000 ▁▁▁▁▁▁ ▁▁▁▁▁▁");
}

TEST(Chart, needs_two_finite_values) {
  EXPECT_EQ(chart("loss", {}), "");
  EXPECT_EQ(chart("loss", std::vector{1.0}), "");
  EXPECT_EQ(chart("loss", std::vector{1.0, std::numeric_limits<double>::quiet_NaN()}), "");
  EXPECT_EQ(chart("loss", std::vector{1.0, std::numeric_limits<double>::infinity()}), "");
}

}  // namespace
}  // namespace segue::cli
