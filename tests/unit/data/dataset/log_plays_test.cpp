#include "segue/data/dataset/log_plays.h"

#include <gtest/gtest.h>

namespace segue::data {
namespace {

TEST(LogPlays, are_those_of_each_row) {
  const std::vector<std::uint64_t> plays = {900, 900, 70, 7, 7, 7, 7, 1, 0, 0, 3, 900};  // unordered at the end
  const LogPlays logs(static_cast<std::uint32_t>(plays.size()), [&](std::uint32_t row) { return plays[row]; });
  LogPlays::Ascending all(logs);
  LogPlays::Ascending some(logs);
  for (std::uint32_t row = 0; row < plays.size(); ++row) {
    const auto expected = static_cast<float>(std::log(static_cast<double>(std::max<std::uint64_t>(1, plays[row]))));
    EXPECT_EQ(logs.of(row), expected) << row;
    EXPECT_EQ(all.of(row), expected) << row;
    EXPECT_EQ(all.of(row), expected) << row;
    EXPECT_EQ(row % 4 == 3 ? some.of(row) : expected, expected) << row;
  }
}

}  // namespace
}  // namespace segue::data
