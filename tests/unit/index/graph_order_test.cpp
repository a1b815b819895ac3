#include "segue/index/graph_order.h"

#include <gtest/gtest.h>

namespace segue::index {
namespace {

using Lists = std::vector<std::vector<std::uint32_t>>;

std::vector<std::uint32_t> order_of(const Lists& links, std::uint32_t entry) {
  return breadth_first(links.size(), entry, [&](std::uint32_t node) { return std::span(links[node]); });
}

TEST(BreadthFirst, reaches_neighbours_before_their_neighbours) {
  EXPECT_EQ(order_of({{4}, {0, 3}, {1, 0}, {2}, {}}, 1), (std::vector<std::uint32_t>{1, 0, 3, 4, 2}));
}

TEST(BreadthFirst, continues_with_nodes_that_no_link_reaches) {
  EXPECT_EQ(order_of({{1}, {0}, {3}, {}, {2}}, 3), (std::vector<std::uint32_t>{3, 0, 1, 2, 4}));
  EXPECT_EQ(order_of({{0}}, 0), (std::vector<std::uint32_t>{0}));
  EXPECT_TRUE(order_of({}, 0).empty());
}

}  // namespace
}  // namespace segue::index
