// The search graph of a model folder: index.hnsw (index/graph_file.h), and its entry in the manifest:
//
//   "index": { "kind": "graph", "links", "build_width", "storage", "seed", "songs", "seconds",
//              "search_width", "recall_at_10", "recall_songs" }      or { "kind": "exact" }, without a file
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string_view>

#include "segue/base/json_fwd.h"
#include "segue/base/options.h"
#include "segue/base/progress.h"
#include "segue/index/song_index.h"

namespace segue::model {

inline constexpr std::string_view kIndexName = "index.hnsw";

// From this many songs on, a graph answers in a fraction of the time of an exact search.
inline constexpr std::size_t kGraphPays = 50'000;

struct IndexOptions {
  index::SearchMethod index = index::SearchMethod::automatic;
  std::uint32_t index_links = index::GraphOptions{}.links;
  std::uint32_t index_width = index::GraphOptions{}.build_width;
  index::GraphStorage index_storage = index::GraphOptions{}.storage;
};

}  // namespace segue::model

namespace segue {

template <>
struct OptionsOf<model::IndexOptions> {
  static constexpr std::string_view section = "index";
  static constexpr std::array rows = {
      option<&model::IndexOptions::index>("index", "Search: exact, graph, or auto: a graph from 50,000 songs on"),
      option<&model::IndexOptions::index_links>(
          "index_links", "Links of a song in the graph; more links find more and take more space", between(2, 256)),
      option<&model::IndexOptions::index_width>(
          "index_width", "Candidates among which the links of a new song are chosen", between(2, 10'000)),
      option<&model::IndexOptions::index_storage>("index_storage", "Format of the vectors stored in the graph"),
  };
};
SEGUE_CHECK_OPTIONS(model::IndexOptions);

}  // namespace segue

namespace segue::model {

struct IndexBuild {
  IndexOptions options;
  std::uint64_t seed = 1;
  std::size_t threads = 0;  // 0: all cores. With one thread, the same seed gives the same file
  std::size_t songs = 0;    // only the first so many, which are trained; 0: all
};

// Builds the graph of folder/vectors.npy into folder/index.hnsw and measures the search width that finds nearly all
// neighbours; or removes that file if search is to be exact. Returns the manifest's "index". Throws not_found,
// no_space, io_failed, interrupted.
json::object write_index(const std::filesystem::path& folder, const IndexBuild& build, Progress& progress,
                         const std::stop_token& stop);

}  // namespace segue::model
