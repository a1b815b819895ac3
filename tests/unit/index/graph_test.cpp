// Graphs as they are built, written and mapped again.
#include "segue/index/graph.h"

#include <algorithm>
#include <cstring>
#include <set>

#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/index/graph_file.h"

#include "tests/support/clustered.h"
#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue::index {
namespace {

using testing::Clustered;

const std::string kDigest(64, 'd');

GraphIndex build(const Clustered& vectors, const GraphOptions& options = {.threads = 1}) {
  NoProgress progress;
  return GraphIndex::build(vectors.matrix.view(), vectors.inverse_norms, options, progress, {});
}

std::string bytes_of(const GraphIndex& graph) {
  const testing::Scratch folder;
  graph.save(folder / "index.hnsw", kDigest);
  return read_text(folder / "index.hnsw");
}

// Every tenth row as a query: nearly always the same ten nearest as by exact search.
double recall(const Clustered& vectors, const GraphIndex& graph) {
  std::size_t hits = 0;
  std::size_t wanted = 0;
  for (std::size_t row = 0; row < vectors.matrix.rows(); row += 10) {
    if (vectors.inverse_norms[row] == 0) continue;
    const std::vector<std::uint32_t> found = graph.search(vectors.unit(row), 40);
    for (const math::ScoredRow& one : vectors.exact().search(vectors.unit(row), 10)) {
      hits += std::ranges::find(found, one.row) != found.end() ? 1 : 0;
      ++wanted;
    }
  }
  return static_cast<double>(hits) / static_cast<double>(wanted);
}

TEST(GraphIndex, finds_nearly_all_that_exact_search_finds) {
  const Clustered vectors(4000, 24, 60);
  for (const GraphStorage storage : {GraphStorage::int8, GraphStorage::float32}) {
    for (const std::size_t threads : {1, 3}) {
      EXPECT_GT(recall(vectors, build(vectors, {.storage = storage, .threads = threads})), 0.97);
    }
  }
}

TEST(GraphIndex, refuses_more_nodes_than_their_numbers_can_say) {
  const Clustered vectors(100, 8, 5);  // one of them zero
  EXPECT_EQ(build(vectors, {.threads = 1, .most_nodes = 99}).nodes(), 99U);
  EXPECT_ERROR(build(vectors, {.threads = 1, .most_nodes = 98}), ErrorCode::unsupported,
               "expected at most 98 songs, found 99; use --index exact");
  GraphHeader header;
  std::memcpy(header.magic, kGraphMagic.data(), kGraphMagic.size());
  header.rows = header.nodes = kMostGraphNodes + 1;
  header.columns = 8;
  header.links_per_node = 16;
  std::vector<std::byte> file(kGraphNodesAt);
  std::memcpy(file.data(), &header, sizeof header);
  EXPECT_ERROR(parse_graph(file, header.rows, header.columns, "index.hnsw"), ErrorCode::unsupported,
               "expected a graph of at most 2147483647 nodes, found 2147483648");
}

TEST(GraphIndex, finds_distinct_rows_that_are_not_zero) {
  const Clustered vectors(1000, 9, 5);
  const std::vector<std::uint32_t> found = build(vectors).search(vectors.unit(0), 5000);
  EXPECT_GT(found.size(), 900U);
  std::vector<std::uint32_t> sorted = found;
  std::ranges::sort(sorted);
  EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end());
  for (const std::uint32_t row : found) EXPECT_GT(vectors.inverse_norms[row], 0);
}

TEST(GraphIndex, is_the_same_to_the_byte_with_one_thread_and_seed) {
  const Clustered vectors(1500, 10, 20);
  EXPECT_EQ(bytes_of(build(vectors)), bytes_of(build(vectors)));
  EXPECT_NE(bytes_of(build(vectors)), bytes_of(build(vectors, {.seed = 2, .threads = 1})));
}

TEST(GraphIndex, gives_the_same_mapped_as_built) {
  const testing::Scratch folder;
  for (const std::size_t rows : {0, 1, 2, 3000}) {
    for (const GraphStorage storage : {GraphStorage::int8, GraphStorage::float32}) {
      const Clustered vectors(rows, 33, 20);
      const GraphIndex built = build(vectors, {.storage = storage, .threads = 1});
      built.save(folder / "index.hnsw", kDigest);
      const GraphIndex mapped(folder / "index.hnsw", rows, 33);
      EXPECT_EQ(mapped.nodes(), built.nodes());
      EXPECT_EQ(mapped.vectors_digest(), kDigest);
      const std::vector<float> query(33, 1 / std::sqrt(33.0F));
      EXPECT_EQ(mapped.search(query, 50), built.search(query, 50)) << rows;
      EXPECT_EQ(mapped.search(query, 50).size(), std::min<std::size_t>(built.nodes(), 50));
    }
  }
}

// The number of blocks of 16 places that hold the links of a node, relative to the most possible.
double spread_of_links(const GraphParts& parts) {
  double blocks = 0;
  double links = 0;
  for (std::size_t node = 0; node < parts.header.nodes; ++node) {
    std::vector<std::uint32_t> list(1 + 2 * std::size_t{parts.header.links_per_node});
    std::memcpy(list.data(), parts.nodes.data() + node * parts.node_bytes, list.size() * sizeof(std::uint32_t));
    std::set<std::uint32_t> met;
    for (std::uint32_t i = 1; i <= list[0]; ++i) met.insert(list[i] / 16);
    blocks += static_cast<double>(met.size());
    links += list[0];
  }
  return blocks / links;
}

TEST(GraphIndex, has_neighbours_near_each_other_in_memory) {
  constexpr std::size_t kRows = 20000;
  const Clustered vectors(kRows, 16, 400);  // any 400 successive rows are in different clusters
  const testing::Scratch folder;
  build(vectors, {.build_width = 50, .threads = 1}).save(folder / "index.hnsw", kDigest);
  const std::string bytes = read_text(folder / "index.hnsw");
  EXPECT_LT(spread_of_links(parse_graph(std::as_bytes(std::span(bytes)), kRows, 16, "graph")), 0.93)
      << "0.99 in the order of the rows";
}

TEST(GraphIndex, stops_when_asked) {
  const Clustered vectors(1000, 9, 5);
  NoProgress progress;
  std::stop_source source;
  source.request_stop();
  EXPECT_ERROR((void)GraphIndex::build(vectors.matrix.view(), vectors.inverse_norms, {}, progress, source.get_token()),
               ErrorCode::interrupted, "interrupted");
}

class DamagedGraph : public ::testing::Test {
 protected:
  void SetUp() override { bytes_ = bytes_of(build(Clustered(1000, 9, 5))); }

  template <class Number>
  void put(std::size_t at, Number number) {
    std::memcpy(bytes_.data() + at, &number, sizeof number);
  }
  void open(std::size_t rows = 1000, std::size_t columns = 9) {
    const testing::Scratch folder;
    write_text_atomically(folder / "index.hnsw", bytes_);
    (void)GraphIndex(folder / "index.hnsw", rows, columns);
  }

  std::string bytes_;
};

TEST_F(DamagedGraph, is_refused) {
  EXPECT_NO_THROW(open());
  EXPECT_ERROR(open(1001), ErrorCode::corrupt, "expected a graph of 1001 x 9 vectors, found one of 1000 x 9");
  EXPECT_ERROR(open(1000, 8), ErrorCode::corrupt, "expected a graph of 1000 x 8 vectors");
  const std::string whole = bytes_;
  bytes_.pop_back();
  EXPECT_ERROR(open(), ErrorCode::corrupt, "bytes, found");
  bytes_.resize(5000);
  EXPECT_ERROR(open(), ErrorCode::corrupt, "bytes for 989 nodes, found 5000");
  bytes_.resize(100);
  EXPECT_ERROR(open(), ErrorCode::corrupt, "expected at least 4096 bytes, found 100");
  bytes_ = whole;
  bytes_[0] = 'x';
  EXPECT_ERROR(open(), ErrorCode::corrupt, "expected a search graph, found another kind of file");
  bytes_ = whole;
  put(offsetof(GraphHeader, version), std::uint32_t{2});
  EXPECT_ERROR(open(), ErrorCode::unsupported, "version 2 is newer");
  bytes_ = whole;
  put(offsetof(GraphHeader, nodes), std::uint64_t{1} << 60);
  EXPECT_ERROR(open(), ErrorCode::corrupt, "expected a graph's sizes");
  bytes_ = whole;
  put(offsetof(GraphHeader, entry), std::uint32_t{5000});
  EXPECT_ERROR(open(), ErrorCode::corrupt, "expected a graph's sizes");
  bytes_ = whole;
  put(offsetof(GraphHeader, top_level), std::uint32_t{77});
  EXPECT_ERROR(open(), ErrorCode::corrupt, "expected level 77 of the node to start from");
}

TEST_F(DamagedGraph, with_a_dangling_link_is_refused) {
  const std::string whole = bytes_;
  put(kGraphNodesAt, std::uint32_t{33});
  EXPECT_ERROR(open(), ErrorCode::corrupt, "expected at most 32 links of a node, found 33");
  bytes_ = whole;
  put(kGraphNodesAt + 4, std::uint32_t{989});
  EXPECT_ERROR(open(), ErrorCode::corrupt, "found one to 989");
  bytes_ = whole;
  put(bytes_.size() - 17 * 4 + 4, std::uint32_t{989});  // a list of an upper level
  EXPECT_ERROR(open(), ErrorCode::corrupt, "found one to 989");
  bytes_ = whole;
  GraphHeader header;
  std::memcpy(&header, bytes_.data(), sizeof header);
  put(kGraphNodesAt + graph_node_bytes(header) - 8, std::uint64_t{1000});
  EXPECT_ERROR(open(), ErrorCode::corrupt, "expected rows below 1000, found 1000");
}

}  // namespace
}  // namespace segue::index
