// Where the nodes of a graph lie: neighbours near each other.
//
// A walk goes from neighbour to neighbour. As they are built, nodes lie in the order of the songs, so that each is in a
// page of its own, and finding the page takes longer than reading it. In the order of a breadth-first walk a search of
// a million songs takes a fifth less time (docs/performance.md; Coleman et al. 2022, arXiv:2104.03221, compare orders).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace segue::index {

// All nodes in the order in which a breadth-first walk from `entry` meets them; from the first that it does not reach
// it goes on. `links` of a node are nodes. REQUIRES: entry < nodes, or no nodes
std::vector<std::uint32_t> breadth_first(
    std::size_t nodes, std::uint32_t entry,
    const std::function<std::span<const std::uint32_t>(std::uint32_t node)>& links);

}  // namespace segue::index
