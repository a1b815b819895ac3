#include "segue/index/graph_order.h"

namespace segue::index {

std::vector<std::uint32_t> breadth_first(
    std::size_t nodes, std::uint32_t entry,
    const std::function<std::span<const std::uint32_t>(std::uint32_t node)>& links) {
  std::vector<std::uint32_t> order;  // those from `next` on wait for their links to be followed
  order.reserve(nodes);
  std::vector<bool> met(nodes);
  const auto meet = [&](std::uint32_t node) {
    if (!met[node]) order.push_back(node);
    met[node] = true;
  };
  std::size_t next = 0;
  const auto walk_from = [&](std::uint32_t start) {
    for (meet(start); next < order.size(); ++next) {
      for (const std::uint32_t link : links(order[next])) meet(link);
    }
  };
  if (nodes > 0) walk_from(entry);
  for (std::uint32_t node = 0; node < nodes; ++node) walk_from(node);
  return order;
}

}  // namespace segue::index
