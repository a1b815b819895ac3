#include "segue/index/row_set.h"

#include <array>
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

TEST(RowSet, combines_as_sets_do) {
  Random random(5);
  for (const std::size_t size : {1U, 63U, 64U, 65U, 200U}) {
    RowSet a(size);
    RowSet b(size);
    for (std::uint32_t row = 0; row < size; ++row) {
      if (random.below(2) == 0) a.insert(row);
      if (random.below(3) == 0) b.insert(row);
    }
    const std::array sets = {intersection(a, b), difference(a, b), joined(a, b), complement(a)};
    std::array<std::size_t, 4> counts{};
    for (std::uint32_t row = 0; row < size; ++row) {
      const bool in_a = a.contains(row);
      const bool in_b = b.contains(row);
      const std::array wanted = {in_a && in_b, in_a && !in_b, in_a || in_b, !in_a};
      for (std::size_t i = 0; i < sets.size(); ++i) {
        EXPECT_EQ(sets[i].contains(row), wanted[i]) << size << " " << i << " " << row;
        counts[i] += wanted[i] ? 1 : 0;
      }
    }
    for (std::size_t i = 0; i < sets.size(); ++i) EXPECT_EQ(sets[i].count(), counts[i]) << size << " " << i;
  }
}

TEST(RowSet, is_empty_without_rows) {
  EXPECT_EQ(RowSet().count(), 0U);
  EXPECT_TRUE(rows_of(RowSet(), 0, 0).empty());
}

}  // namespace
}  // namespace segue::index
