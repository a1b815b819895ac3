#include "segue/index/row_set.h"

#include <set>

#include <gtest/gtest.h>

#include "segue/base/random.h"

namespace segue::index {
namespace {

std::vector<std::uint32_t> rows_of(const RowSet& set, std::size_t begin, std::size_t end) {
  std::vector<std::uint32_t> rows;
  set.for_each(begin, end, [&](std::uint32_t row) { rows.push_back(row); });
  return rows;
}

TEST(RowSet, is_a_set) {
  Random random(3);
  RowSet rows(200);
  std::set<std::uint32_t> wanted;
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t row = random.below(200);
    if (random.below(3) == 0) {
      rows.erase(row);
      wanted.erase(row);
    } else {
      rows.insert(row);
      wanted.insert(row);
    }
    ASSERT_EQ(rows.count(), wanted.size());
  }
  for (std::uint32_t row = 0; row < 200; ++row) EXPECT_EQ(rows.contains(row), wanted.contains(row));
  for (const auto& [begin, end] : {std::pair{0U, 200U}, {0U, 0U}, {63U, 65U}, {64U, 128U}, {1U, 2U}, {130U, 199U}}) {
    const std::vector<std::uint32_t> some(wanted.lower_bound(begin), wanted.lower_bound(end));
    EXPECT_EQ(rows_of(rows, begin, end), some) << begin << " to " << end;
  }
  for (const std::size_t end : {0U, 1U, 63U, 64U, 65U, 199U, 200U, 300U}) {
    EXPECT_EQ(rows.count_below(end), rows_of(rows, 0, std::min<std::size_t>(end, 200)).size()) << end;
  }
}

TEST(RowSet, is_empty_without_rows) {
  EXPECT_EQ(RowSet().count(), 0U);
  EXPECT_TRUE(rows_of(RowSet(), 0, 0).empty());
}

}  // namespace
}  // namespace segue::index
