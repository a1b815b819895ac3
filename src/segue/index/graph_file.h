// index.hnsw: a graph as it lies in memory (docs/formats-model.md). Little-endian.
//
//   0      GraphHeader, then zeros
//   4096   nodes x node_bytes: uint32 number of links, links[2 * links_per_node], the vector, uint64 row
//   then   nodes x uint8: the highest level of each node
//   then   zeros up to a multiple of 8; for each node, for each of its levels from 1 up: uint32 number,
//   links[links_per_node]
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace segue::index {

inline constexpr std::size_t kGraphNodesAt = 4096;
inline constexpr std::string_view kGraphMagic = "segueHNS";
inline constexpr std::uint32_t kGraphVersion = 1;
// hnswlib numbers nodes with an int.
inline constexpr std::size_t kMostGraphNodes = std::numeric_limits<std::int32_t>::max();

struct GraphHeader {
  char magic[8] = {};
  std::uint32_t version = kGraphVersion;
  std::uint32_t storage = 0;  // GraphStorage
  std::uint64_t rows = 0;     // of the vectors
  std::uint64_t columns = 0;
  std::uint64_t nodes = 0;  // rows that are not all zeros
  std::uint32_t links_per_node = 0;
  std::uint32_t entry = 0;      // the node that a walk starts from
  std::uint32_t top_level = 0;  // its level
  std::uint32_t reserved = 0;
  char vectors_digest[64] = {};
};
static_assert(sizeof(GraphHeader) == 120);

// Where the parts of a file are.
struct GraphParts {
  GraphHeader header;
  std::size_t node_bytes = 0;
  std::size_t list_bytes = 0;  // of a list of an upper level
  std::span<const std::byte> nodes;
  std::span<const std::uint8_t> levels;
  std::span<const std::byte> lists;
};

std::size_t graph_vector_bytes(const GraphHeader& header);  // of the vector in a node
std::size_t graph_node_bytes(const GraphHeader& header);
std::size_t graph_list_bytes(const GraphHeader& header);

// Finds the parts of a mapped file and checks everything that a walk relies on: sizes, rows, links, levels. `subject`
// names it in messages. Throws corrupt, unsupported.
GraphParts parse_graph(std::span<const std::byte> bytes, std::size_t rows, std::size_t columns,
                       std::string_view subject);

}  // namespace segue::index
