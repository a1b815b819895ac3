#include "segue/index/graph_file.h"

#include <cstring>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/index/graph.h"
#include "segue/math/codes.h"

namespace segue::index {

namespace {

constexpr std::size_t kNodesPerPiece = 8192;
constexpr std::uint32_t kMostLinks = 1024;
constexpr std::uint64_t kMostColumns = 1 << 20;

std::uint32_t number_at(const std::byte* at) {
  std::uint32_t number = 0;
  std::memcpy(&number, at, sizeof number);
  return number;
}

// A list of links to nodes whose level is at least `level`.
void check_list(const GraphParts& parts, const std::byte* list, std::size_t most, std::size_t level,
                std::string_view subject) {
  const std::uint32_t count = number_at(list);
  if (count > most) fail(ErrorCode::corrupt, "{}: expected at most {} links of a node, found {}", subject, most, count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t link = number_at(list + sizeof count * (i + 1));
    if (link >= parts.header.nodes || parts.levels[link] < level) {
      fail(ErrorCode::corrupt, "{}: expected links to nodes of level {}, found one to {}", subject, level, link);
    }
  }
}

void check_nodes(const GraphParts& parts, std::string_view subject) {
  parallel_for(parts.header.nodes, kNodesPerPiece, thread_count(0), [&](std::size_t begin, std::size_t end) {
    for (std::size_t node = begin; node < end; ++node) {
      const std::byte* const at = parts.nodes.data() + node * parts.node_bytes;
      check_list(parts, at, 2 * std::size_t{parts.header.links_per_node}, 0, subject);
      std::uint64_t row = 0;
      std::memcpy(&row, at + parts.node_bytes - sizeof row, sizeof row);
      if (row >= parts.header.rows) {
        fail(ErrorCode::corrupt, "{}: expected rows below {}, found {}", subject, parts.header.rows, row);
      }
    }
  });
}

void check_upper_lists(const GraphParts& parts, std::string_view subject) {
  const std::byte* list = parts.lists.data();
  for (const std::uint8_t top : parts.levels) {
    for (std::size_t level = 1; level <= top; ++level, list += parts.list_bytes) {
      check_list(parts, list, parts.header.links_per_node, level, subject);
    }
  }
}

}  // namespace

std::size_t graph_vector_bytes(const GraphHeader& header) {
  const bool coded = header.storage == static_cast<std::uint32_t>(GraphStorage::int8);
  return coded ? math::coded_length(header.columns) + sizeof(float) : header.columns * sizeof(float);
}

std::size_t graph_node_bytes(const GraphHeader& header) {
  return (1 + 2 * std::size_t{header.links_per_node}) * sizeof(std::uint32_t) + graph_vector_bytes(header) +
         sizeof(std::uint64_t);
}

std::size_t graph_list_bytes(const GraphHeader& header) {
  return (1 + std::size_t{header.links_per_node}) * sizeof(std::uint32_t);
}

GraphParts parse_graph(std::span<const std::byte> bytes, std::size_t rows, std::size_t columns,
                       std::string_view subject) {
  GraphParts parts;
  GraphHeader& header = parts.header;
  if (bytes.size() < kGraphNodesAt) {
    fail(ErrorCode::corrupt, "{}: expected at least {} bytes, found {}", subject, kGraphNodesAt, bytes.size());
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::string_view(header.magic, sizeof header.magic) != kGraphMagic) {
    fail(ErrorCode::corrupt, "{}: expected a search graph, found another kind of file", subject);
  }
  if (header.version > kGraphVersion) {
    fail(ErrorCode::unsupported, "{}: version {} is newer than this program reads (up to version {})", subject,
         header.version, kGraphVersion);
  }
  if (header.rows != rows || header.columns != columns) {
    fail(ErrorCode::corrupt, "{}: expected a graph of {} x {} vectors, found one of {} x {}", subject, rows, columns,
         header.rows, header.columns);
  }
  if (header.storage >= kGraphStorageNames.size() || header.links_per_node == 0 || header.links_per_node > kMostLinks ||
      header.nodes > header.rows || header.columns > kMostColumns ||
      (header.nodes > 0 && header.entry >= header.nodes)) {
    fail(ErrorCode::corrupt, "{}: expected a graph's sizes, found others in its first {} bytes", subject,
         sizeof header);
  }
  if (header.nodes > kMostGraphNodes) {
    fail(ErrorCode::unsupported, "{}: expected a graph of at most {} nodes, found {}", subject, kMostGraphNodes,
         header.nodes);
  }
  parts.node_bytes = graph_node_bytes(header);
  parts.list_bytes = graph_list_bytes(header);
  std::span<const std::byte> rest = bytes.subspan(kGraphNodesAt);
  const std::size_t levels_at = header.nodes * parts.node_bytes;
  const std::size_t lists_at = (levels_at + header.nodes + 7) / 8 * 8;
  if (rest.size() < lists_at) {
    fail(ErrorCode::corrupt, "{}: expected at least {} bytes for {} nodes, found {}", subject, kGraphNodesAt + lists_at,
         header.nodes, bytes.size());
  }
  parts.nodes = rest.first(levels_at);
  parts.levels = {reinterpret_cast<const std::uint8_t*>(rest.data() + levels_at), header.nodes};
  parts.lists = rest.subspan(lists_at);
  std::size_t lists = 0;
  for (const std::uint8_t level : parts.levels) lists += level;
  if (parts.lists.size() != lists * parts.list_bytes) {
    fail(ErrorCode::corrupt, "{}: expected {} bytes, found {}", subject,
         kGraphNodesAt + lists_at + lists * parts.list_bytes, bytes.size());
  }
  if (header.nodes > 0 && parts.levels[header.entry] != header.top_level) {
    fail(ErrorCode::corrupt, "{}: expected level {} of the node to start from, found {}", subject, header.top_level,
         parts.levels[header.entry]);
  }
  check_nodes(parts, subject);
  check_upper_lists(parts, subject);
  return parts;
}

}  // namespace segue::index
