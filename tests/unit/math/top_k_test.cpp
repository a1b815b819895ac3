#include "segue/math/top_k.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "segue/base/random.h"

namespace segue::math {
namespace {

std::vector<ScoredRow> random_rows(std::uint32_t count) {
  Random random(1);
  std::vector<ScoredRow> rows;
  // Few different scores, so that most comparisons are ties.
  for (std::uint32_t row = 0; row < count; ++row) rows.push_back({row, static_cast<float>(random.below(8))});
  return rows;
}

std::vector<ScoredRow> best_of(std::vector<ScoredRow> rows, std::size_t k) {
  std::ranges::sort(rows, is_better);
  rows.resize(std::min(k, rows.size()));
  return rows;
}

TEST(TopK, KeepsTheBestInOrderTiesBySmallerRow) {
  std::vector<ScoredRow> rows = random_rows(100);
  Random random(2);
  for (const std::size_t k : {0, 1, 2, 10, 99, 100, 1000}) {
    std::ranges::shuffle(rows, random);
    TopK top(k);
    for (const ScoredRow& row : rows) top.offer(row);
    EXPECT_EQ(top.take(), best_of(rows, k)) << "k = " << k;
  }
}

TEST(TopK, MergesToTheSameWhateverTheSplit) {
  const std::vector<ScoredRow> rows = random_rows(100);
  for (const std::size_t parts : {1, 2, 3, 7}) {
    std::vector<TopK> heaps(parts, TopK(10));
    for (const ScoredRow& row : rows) heaps[row.row % parts].offer(row);
    TopK merged(10);
    for (auto heap = heaps.rbegin(); heap != heaps.rend(); ++heap) merged.merge(*heap);
    EXPECT_EQ(merged.take(), best_of(rows, 10)) << parts << " parts";
  }
}

TEST(TopK, SaysBeforehandWhatItWouldKeep) {
  TopK top(1);
  EXPECT_TRUE(top.would_keep({5, -1}));
  top.offer({5, 0.5F});
  EXPECT_FALSE(top.would_keep({6, 0.5F}));
  EXPECT_TRUE(top.would_keep({4, 0.5F}));
  EXPECT_FALSE(TopK(0).would_keep({0, 1}));
}

}  // namespace
}  // namespace segue::math
