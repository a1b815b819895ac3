// The walk of a search graph's lowest level: greedy best-first search (Malkov, Yashunin 2016, algorithm 2).
//
// Nearly all of its time is waiting for memory, so everything that it is about to compare is prefetched at once: the
// neighbours of a node that were not visited before, then their products four at a time. Candidates and results are one
// sorted array, which for the usual widths is faster than two heaps; visited nodes take a bit each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "segue/math/codes.h"

namespace segue::index {

// Nodes in memory, see graph_file.h. A view.
struct GraphNodes {
  const std::byte* data = nullptr;
  std::size_t count = 0;
  std::size_t node_bytes = 0;
  std::size_t vector_at = 0;  // in a node, after its links
  std::size_t columns = 0;
  bool coded = false;  // vectors are codes and their scale, else floats

  const std::byte* node(std::uint32_t at) const { return data + at * node_bytes; }
};

// The nearness of nodes to one query. A view of both.
class NodeScores {
 public:
  NodeScores(const GraphNodes& nodes, std::span<const float> query);

  // Prefetches a node's vector.
  void fetch(std::uint32_t node) const;

  // scores[i] is the cosine of node i of `nodes` to the query, times a factor that is the same for all.
  void compute(std::span<const std::uint32_t> nodes, float* scores) const;

  // A node's links on the lowest level.
  std::span<const std::uint32_t> links(std::uint32_t node) const;
  void fetch_links(std::uint32_t node) const;

 private:
  GraphNodes nodes_;
  std::span<const float> query_;
  math::CodedQuery coded_;
  const math::Kernels& kernels_ = math::best_kernels();
};

// Beyond this width inserting into an array takes longer than heaps do.
inline constexpr std::size_t kWidestWalk = 1024;

// About the `width` nodes nearest to the query, nearest first; fewer if there are fewer or links lead to no more.
// Starts at `entry`. REQUIRES: 0 < width <= kWidestWalk
std::vector<std::uint32_t> walk_graph(const NodeScores& scores, std::size_t nodes, std::uint32_t entry,
                                      std::size_t width);

}  // namespace segue::index
