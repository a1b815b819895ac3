// Lists of neighbours found through the graph, against those of comparing every pair (all_neighbours_test.cpp).
#include <algorithm>

#include <gtest/gtest.h>

#include "segue/index/all_neighbours.h"

#include "tests/support/clustered.h"

namespace segue {
namespace {

TEST(AllNeighbours, ThroughTheGraphAreNearlyTheSame) {
  constexpr std::size_t kRows = 3000;
  constexpr std::size_t kNeighbours = 20;
  NoProgress progress;
  const testing::Clustered vectors(kRows, 12, 30);
  const auto rows = vectors.matrix.view();
  const NeighbourLists exact = all_neighbours(rows, kNeighbours, {}, progress, {});
  const NeighbourLists walked = all_neighbours(rows, kNeighbours, {.exact_rows = 100, .threads = 1}, progress, {});
  std::size_t same = 0;
  for (std::size_t row = 0; row < kRows; ++row) {
    const std::size_t begin = row * kNeighbours;
    const auto wanted = std::span(exact.rows).subspan(begin, kNeighbours);
    const auto found = std::span(walked.rows).subspan(begin, kNeighbours);
    const auto distances = std::span(walked.squared_distances).subspan(begin, kNeighbours);
    EXPECT_TRUE(std::ranges::is_sorted(distances));
    for (std::size_t i = 0; i < kNeighbours; ++i) {
      ASSERT_NE(found[i], row);
      const auto at = std::ranges::find(wanted, found[i]);
      if (at == wanted.end()) {
        EXPECT_GE(distances[i], exact.squared_distances[begin + i] - 1e-5F) << "nearer than the nearest";
        continue;
      }
      ++same;
      EXPECT_NEAR(distances[i], exact.squared_distances[begin + static_cast<std::size_t>(at - wanted.begin())], 1e-5);
    }
  }
  EXPECT_GT(same, kRows * kNeighbours * 97 / 100);
}

}  // namespace
}  // namespace segue
