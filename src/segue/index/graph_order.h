// The order of a graph's nodes in memory: neighbours near each other.
//
// A walk goes from neighbour to neighbour. A graph is built in the order of the songs, with each node in another page,
// and finding the page takes longer than reading it. In the order of a breadth-first walk a search of a million songs
// takes a fifth less time (docs/performance.md; Coleman et al. 2022, arXiv:2104.03221, compare orders).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace segue::index {

// All nodes in the order in which a breadth-first walk from `entry` reaches them; it starts again from the first node
// that it does not reach. `links` of a node are nodes. REQUIRES: entry < nodes, or no nodes
std::vector<std::uint32_t> breadth_first(
    std::size_t nodes, std::uint32_t entry,
    const std::function<std::span<const std::uint32_t>(std::uint32_t node)>& links);

}  // namespace segue::index
