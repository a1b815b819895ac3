#include "segue/index/graph.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>

// clang-format off: hnswlib.h first, hnswalg.h does not include all it needs
#include <hnswlib/hnswalg.h>
#include <hnswlib/hnswlib.h>
// clang-format on

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/parallel.h"
#include "segue/index/graph_file.h"
#include "segue/index/graph_order.h"
#include "segue/index/graph_walk.h"
#include "segue/math/codes.h"

namespace segue::index {

namespace {

using Hnsw = hnswlib::HierarchicalNSW<float>;

constexpr std::size_t kAddedRowsPerPiece = 256;
constexpr std::size_t kHighestLevel = 255;

// hnswlib's description of vectors: their size, and the distance between two.
class Space final : public hnswlib::SpaceInterface<float> {
 public:
  Space(const GraphHeader& header, std::size_t columns)
      : columns_(columns),
        coded_(header.storage == static_cast<std::uint32_t>(GraphStorage::int8)),
        bytes_(graph_vector_bytes(header)) {}

  size_t get_data_size() override { return bytes_; }
  hnswlib::DISTFUNC<float> get_dist_func() override { return coded_ ? code_distance : float_distance; }
  void* get_dist_func_param() override { return this; }

  // A vector as a node stores it.
  void put(std::span<const float> vector, float factor, std::vector<std::byte>& to) const {
    to.resize(bytes_);
    if (coded_) {
      const float scale = math::encode(vector, factor, reinterpret_cast<std::int8_t*>(to.data()));
      std::memcpy(to.data() + math::coded_length(columns_), &scale, sizeof scale);
    } else {
      for (std::size_t i = 0; i < columns_; ++i) {
        const float number = vector[i] * factor;
        std::memcpy(to.data() + i * sizeof number, &number, sizeof number);
      }
    }
  }

 private:
  static float code_distance(const void* a, const void* b, const void* space) {
    const std::size_t length = math::coded_length(static_cast<const Space*>(space)->columns_);
    const auto* const x = static_cast<const std::int8_t*>(a);
    const auto* const y = static_cast<const std::int8_t*>(b);
    float scale_x = 0;
    float scale_y = 0;
    std::memcpy(&scale_x, x + length, sizeof scale_x);
    std::memcpy(&scale_y, y + length, sizeof scale_y);
    const std::int32_t product = static_cast<const Space*>(space)->kernels_.dot_codes(x, y, length);
    return 1 - scale_x * scale_y * static_cast<float>(product);
  }

  static float float_distance(const void* a, const void* b, const void* space) {
    const auto& self = *static_cast<const Space*>(space);
    return 1 - self.kernels_.dot(static_cast<const float*>(a), static_cast<const float*>(b), self.columns_);
  }

  const math::Kernels& kernels_ = math::best_kernels();
  std::size_t columns_;
  bool coded_;
  std::size_t bytes_;
};

// hnswlib reads an index into its own memory, list by list. This class lets it walk the lists in a mapped file: it sets
// what loadIndex() sets, and removes it before hnswlib would free it.
class MappedHnsw final : public Hnsw {
 public:
  MappedHnsw(Space& space, const GraphParts& parts) : Hnsw(&space) {
    const GraphHeader& header = parts.header;
    max_elements_ = header.nodes;
    cur_element_count = header.nodes;
    num_deleted_ = 0;
    M_ = maxM_ = header.links_per_node;
    maxM0_ = 2 * M_;
    data_size_ = space.get_data_size();
    fstdistfunc_ = space.get_dist_func();
    dist_func_param_ = space.get_dist_func_param();
    size_links_level0_ = (1 + maxM0_) * sizeof(std::uint32_t);
    size_links_per_element_ = parts.list_bytes;
    size_data_per_element_ = parts.node_bytes;
    offsetLevel0_ = 0;
    offsetData_ = size_links_level0_;
    label_offset_ = offsetData_ + data_size_;
    maxlevel_ = static_cast<int>(header.top_level);
    enterpoint_node_ = header.entry;
    // Only read: hnswlib has one class for building and searching.
    data_level0_memory_ = const_cast<char*>(reinterpret_cast<const char*>(parts.nodes.data()));
    visited_list_pool_ = new hnswlib::VisitedListPool(1, static_cast<int>(header.nodes));
    linkLists_ = static_cast<char**>(std::calloc(std::max<std::size_t>(header.nodes, 1), sizeof(char*)));
    if (linkLists_ == nullptr) throw std::bad_alloc();
    const std::byte* list = parts.lists.data();
    for (std::size_t node = 0; node < header.nodes; ++node) {
      linkLists_[node] = const_cast<char*>(reinterpret_cast<const char*>(list));
      list += parts.levels[node] * parts.list_bytes;
    }
  }

  ~MappedHnsw() override {
    data_level0_memory_ = nullptr;
    cur_element_count = 0;  // no list is freed, only the array of pointers to them
  }
};

// hnswlib's errors are about memory, or bugs.
template <class Work>
auto translated(const Work& work) {
  try {
    return work();
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    fail(ErrorCode::no_space, "a search graph: expected more memory than there is");
  } catch (const std::runtime_error& error) {
    fail(ErrorCode::no_space, "a search graph: {}", error.what());
  }
}

GraphNodes nodes_of(const Hnsw& graph, const GraphHeader& header) {
  return {.data = reinterpret_cast<const std::byte*>(graph.data_level0_memory_),
          .count = header.nodes,
          .node_bytes = graph.size_data_per_element_,
          .vector_at = graph.offsetData_,
          .columns = header.columns,
          .coded = header.storage == static_cast<std::uint32_t>(GraphStorage::int8)};
}

std::span<std::uint32_t> links_of(const Hnsw& graph, std::uint32_t node, int level) {
  std::uint32_t* const list = graph.get_linklist_at_level(node, level);
  return {list + 1, *list};
}

// Renumbers the nodes of a finished graph so that neighbours lie near each other (index/graph_order.h).
void lay_out(Hnsw& graph) {
  const std::size_t nodes = graph.cur_element_count;
  const std::vector<std::uint32_t> order =
      breadth_first(nodes, graph.enterpoint_node_, [&](std::uint32_t node) { return links_of(graph, node, 0); });
  std::vector<std::uint32_t> place_of(nodes);
  for (std::uint32_t place = 0; place < nodes; ++place) place_of[order[place]] = place;
  for (std::uint32_t node = 0; node < nodes; ++node) {
    for (int level = 0; level <= graph.element_levels_[node]; ++level) {
      for (std::uint32_t& link : links_of(graph, node, level)) link = place_of[link];
    }
  }
  graph.enterpoint_node_ = place_of[graph.enterpoint_node_];
  for (auto& [row, node] : graph.label_lookup_) node = place_of[node];
  // In place, cycle by cycle.
  const auto swap_nodes = [&](std::size_t a, std::size_t b) {
    char* const first = graph.data_level0_memory_ + a * graph.size_data_per_element_;
    char* const second = graph.data_level0_memory_ + b * graph.size_data_per_element_;
    std::swap_ranges(first, first + graph.size_data_per_element_, second);
    std::swap(graph.linkLists_[a], graph.linkLists_[b]);
    std::swap(graph.element_levels_[a], graph.element_levels_[b]);
  };
  for (std::uint32_t place = 0; place < nodes; ++place) {
    while (place_of[place] != place) {
      const std::uint32_t to = place_of[place];
      swap_nodes(place, to);
      std::swap(place_of[place], place_of[to]);
    }
  }
}

bool holds_list(std::span<const std::byte> lists, const Hnsw& graph, std::uint32_t node, int level) {
  const auto offset = reinterpret_cast<std::uintptr_t>(graph.get_linklist(node, level)) -
                      reinterpret_cast<std::uintptr_t>(lists.data());
  return offset <= lists.size() && lists.size() - offset >= graph.size_links_per_element_;
}

// Searches the levels above the lowest: from the entry to ever nearer nodes.
// `lists` are those of a mapped graph. They were checked, but a file cut short later reads as zeros
// (base/lost_pages.h), which may lead to node 0 on a level that it does not reach: never out of the map.
std::uint32_t descend(const Hnsw& graph, const NodeScores& scores, std::span<const std::byte> lists) {
  std::uint32_t at = graph.enterpoint_node_;
  float best = 0;
  scores.compute({&at, 1}, &best);
  std::vector<float> products(graph.maxM_);
  for (int level = graph.maxlevel_; level > 0; --level) {
    for (bool moved = true; moved;) {
      moved = false;
      if (!lists.empty() && !holds_list(lists, graph, at, level)) return at;
      const std::span<const std::uint32_t> links = links_of(graph, at, level);
      for (const std::uint32_t link : links) scores.fetch(link);
      scores.compute(links, products.data());
      for (std::size_t i = 0; i < links.size(); ++i) {
        if (products[i] > best) {
          best = products[i];
          at = links[i];
          moved = true;
        }
      }
    }
  }
  return at;
}

}  // namespace

struct GraphIndex::State {
  State(const GraphHeader& made, std::size_t columns) : header(made), space(made, columns) {}

  GraphHeader header;
  Space space;
  MappedFile file;                   // of a mapped graph
  std::span<const std::byte> lists;  // likewise
  std::unique_ptr<Hnsw> graph;
  std::string vectors_digest;
};

GraphIndex::GraphIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
GraphIndex::GraphIndex(GraphIndex&&) noexcept = default;
GraphIndex& GraphIndex::operator=(GraphIndex&&) noexcept = default;
GraphIndex::~GraphIndex() = default;

GraphIndex::GraphIndex(const std::filesystem::path& path, std::size_t rows, std::size_t columns)
    : GraphIndex(MappedFile(path), rows, columns) {}

GraphIndex::GraphIndex(MappedFile file, std::size_t rows, std::size_t columns) {
  const GraphParts parts = parse_graph(file.bytes(), rows, columns, file.path().string());
  state_ = std::make_unique<State>(parts.header, columns);
  state_->file = std::move(file);
  state_->lists = parts.lists;
  state_->vectors_digest.assign(parts.header.vectors_digest, sizeof parts.header.vectors_digest);
  state_->graph = translated([&] { return std::make_unique<MappedHnsw>(state_->space, parts); });
}

GraphIndex GraphIndex::build(math::MatrixView<const float> vectors, std::span<const float> inverse_norms,
                             const GraphOptions& options, Progress& progress, std::stop_token stop) {
  SEGUE_ASSERT(vectors.rows == inverse_norms.size() && options.links >= 2);
  GraphHeader header;
  std::ranges::copy(kGraphMagic, header.magic);
  header.storage = static_cast<std::uint32_t>(options.storage);
  header.rows = vectors.rows;
  header.columns = vectors.columns;
  header.links_per_node = options.links;
  auto state = std::make_unique<State>(header, vectors.columns);
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < vectors.rows; ++row) {
    if (inverse_norms[row] > 0) rows.push_back(row);
  }
  if (rows.size() > options.most_nodes) {
    fail(ErrorCode::unsupported, "a search graph: expected at most {} songs, found {}; use --index exact",
         options.most_nodes, rows.size());
  }
  state->header.nodes = rows.size();
  state->graph = translated([&] {
    return std::make_unique<Hnsw>(&state->space, std::max<std::size_t>(rows.size(), 1), options.links,
                                  options.build_width, options.seed);
  });
  progress.begin("index", rows.size(), "songs");
  std::mutex mutex;  // guards progress and done
  std::size_t done = 0;
  // hnswlib's threads draw levels from one generator without a lock: a draw may be lost, but none can be out of range.
  parallel_for(rows.size(), kAddedRowsPerPiece, thread_count(options.threads), [&](std::size_t begin, std::size_t end) {
    if (stop.stop_requested()) fail(ErrorCode::interrupted, "interrupted while building the search graph");
    std::vector<std::byte> vector;
    for (std::size_t i = begin; i < end; ++i) {
      state->space.put(vectors[rows[i]], inverse_norms[rows[i]], vector);
      translated([&] { state->graph->addPoint(vector.data(), rows[i]); });
    }
    const std::lock_guard lock(mutex);
    progress.update(done += end - begin, "");
  });
  progress.end();
  if (!rows.empty()) {
    lay_out(*state->graph);
    state->header.entry = state->graph->enterpoint_node_;
    state->header.top_level = static_cast<std::uint32_t>(state->graph->maxlevel_);
  }
  return GraphIndex(std::move(state));
}

void GraphIndex::save(const std::filesystem::path& path, std::string_view vectors_digest) const {
  const Hnsw& graph = *state_->graph;
  GraphHeader header = state_->header;
  SEGUE_ASSERT(vectors_digest.size() == sizeof header.vectors_digest && !state_->file.bytes().data());
  std::ranges::copy(vectors_digest, header.vectors_digest);
  const auto bytes_of = [](const auto* data, std::size_t count) { return std::as_bytes(std::span(data, count)); };
  FileWriter file(path);
  std::vector<char> first(kGraphNodesAt);
  std::memcpy(first.data(), &header, sizeof header);
  file.write(bytes_of(first.data(), first.size()));
  file.write(bytes_of(graph.data_level0_memory_, header.nodes * graph.size_data_per_element_));
  std::vector<std::uint8_t> levels(header.nodes);
  for (std::size_t node = 0; node < header.nodes; ++node) {
    SEGUE_ASSERT(static_cast<std::size_t>(graph.element_levels_[node]) <= kHighestLevel);
    levels[node] = static_cast<std::uint8_t>(graph.element_levels_[node]);
  }
  const std::size_t before_lists = header.nodes * graph.size_data_per_element_ + header.nodes;
  levels.resize(header.nodes + (8 - before_lists % 8) % 8);
  file.write(bytes_of(levels.data(), levels.size()));
  for (std::size_t node = 0; node < header.nodes; ++node) {
    file.write(bytes_of(graph.linkLists_[node], levels[node] * graph.size_links_per_element_));
  }
  file.close();
}

const std::string& GraphIndex::vectors_digest() const {
  return state_->vectors_digest;
}

std::size_t GraphIndex::nodes() const {
  return state_->header.nodes;
}

std::size_t GraphIndex::bytes() const {
  return state_->header.nodes * state_->graph->size_data_per_element_;
}

std::vector<std::uint32_t> GraphIndex::search(std::span<const float> query, std::size_t width) const {
  SEGUE_ASSERT(query.size() == state_->header.columns);
  std::vector<std::uint32_t> rows;
  if (state_->header.nodes == 0 || width == 0) return rows;
  const Hnsw& graph = *state_->graph;
  const NodeScores scores(nodes_of(graph, state_->header), query);
  const std::uint32_t entry = descend(graph, scores, state_->lists);
  if (width <= kWidestWalk) {
    rows = walk_graph(scores, state_->header.nodes, entry, width);
    for (std::uint32_t& row : rows) row = static_cast<std::uint32_t>(graph.getExternalLabel(row));
    return rows;
  }
  std::vector<std::byte> coded;
  state_->space.put(query, 1, coded);
  auto found = graph.searchBaseLayerST<false, false>(entry, coded.data(), width);
  rows.resize(found.size());
  for (auto row = rows.rbegin(); row != rows.rend(); ++row, found.pop()) {
    *row = static_cast<std::uint32_t>(graph.getExternalLabel(found.top().second));
  }
  return rows;
}

}  // namespace segue::index
