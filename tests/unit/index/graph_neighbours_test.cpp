// Compares lists of neighbours found through the graph with those of all pairs (all_neighbours_test.cpp).
#include <algorithm>

#include <gtest/gtest.h>

#include "segue/index/all_neighbours.h"

#include "tests/support/clustered.h"
#include "tests/support/slow_distance.h"

namespace segue::index {
namespace {

using testing::slow_distance;

TEST(AllNeighbours, are_nearly_the_same_through_the_graph) {
  NoProgress progress;
  const testing::Clustered vectors(3000, 12, 30);
  const auto rows = vectors.matrix.view();
  const NeighbourLists exact = all_neighbours(rows, 20, {}, progress, {});
  const NeighbourLists walked = all_neighbours(rows, 20, {.exact_rows = 100, .threads = 1}, progress, {});
  std::size_t same = 0;
  for (std::size_t row = 0; row < 3000; ++row) {
    const auto wanted = std::span(exact.rows).subspan(row * 20, 20);
    const auto found = std::span(walked.rows).subspan(row * 20, 20);
    for (std::size_t i = 0; i < 20; ++i) {
      ASSERT_NE(found[i], row);
      EXPECT_NEAR(walked.squared_distances[row * 20 + i], slow_distance(rows[row], rows[found[i]], Distance::cosine),
                  1e-5);
      same += std::ranges::find(wanted, found[i]) != wanted.end() ? 1 : 0;
    }
    const auto distances = std::span(walked.squared_distances).subspan(row * 20, 20);
    EXPECT_TRUE(std::ranges::is_sorted(distances));
  }
  EXPECT_GT(same, 3000U * 20 * 97 / 100);
}

}  // namespace
}  // namespace segue::index
