// The search graph of a model folder: index.hnsw (index/graph_file.h), and what the manifest says about it:
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

// From so many songs on, a graph answers in a fraction of the time that looking at every song takes.
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
      option<&model::IndexOptions::index>("index", "Search: exact, by a graph, or auto: a graph from 50,000 songs on"),
      option<&model::IndexOptions::index_links>(
          "index_links", "Links of a song in the graph; more find more and take more room", between(2, 256)),
      option<&model::IndexOptions::index_width>("index_width", "Songs that the links of a new song are chosen from",
                                                between(2, 10'000)),
      option<&model::IndexOptions::index_storage>("index_storage", "How the graph keeps the vectors it walks by"),
  };
};
SEGUE_CHECK_OPTIONS(model::IndexOptions);

}  // namespace segue

namespace segue::model {

struct IndexBuild {
  IndexOptions options;
  std::uint64_t seed = 1;
  std::size_t threads = 0;  // 0: all cores. One thread and one seed give the same file
};

// Builds the graph of folder/vectors.npy into folder/index.hnsw, or removes that file where search is to be exact, and
// measures how wide walks of it have to be to find nearly all. Returns the manifest's "index". Throws not_found,
// no_space, io_failed, interrupted.
json::object write_index(const std::filesystem::path& folder, const IndexBuild& build, Progress& progress,
                         const std::stop_token& stop);

}  // namespace segue::model
