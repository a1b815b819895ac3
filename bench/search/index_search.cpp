// Segue's search of the vectors of a .npy file, a JSON line for each step; bench/search/index.py runs it and its peers.
//
//   index_search vectors=model/vectors.npy rows=100000 queries=1000 links=16 width=100 storage=int8 threads=1
//
// The queries are rows spread over the file, each for its `k` nearest other rows, at several widths (0: exact), last as
// a model with that search_width would ("auto").

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "segue/base/parallel.h"
#include "segue/index/song_index.h"
#include "segue/math/kernels/kernels.h"
#include "segue/model/npy.h"

#include "bench/support/arguments.h"
#include "bench/support/processor_seconds.h"

namespace segue {

struct IndexSearchOptions {
  std::string vectors;
  std::uint64_t rows = 0;
  std::uint64_t queries = 1000;
  std::uint64_t k = 10;
  std::uint32_t links = index::GraphOptions{}.links;
  std::uint32_t width = index::GraphOptions{}.build_width;
  index::GraphStorage storage = index::GraphOptions{}.storage;
  std::uint64_t threads = 1;
  std::uint64_t search_width = index::kSearchWidth;
  std::uint64_t runs = 3;
  std::uint64_t judged = 0;
  bool widths = true;
  std::string file = "index.hnsw";
  bool build = true;
};

template <>
struct OptionsOf<IndexSearchOptions> {
  static constexpr std::string_view section = "index_search";
  static constexpr std::array rows = {
      option<&IndexSearchOptions::vectors>("vectors", "A .npy file"),
      option<&IndexSearchOptions::rows>("rows", "Take only the first so many rows; 0 takes all"),
      option<&IndexSearchOptions::queries>("queries", "Rows whose neighbours are looked for", at_least(1)),
      option<&IndexSearchOptions::k>("k", "How many neighbours", at_least(1)),
      option<&IndexSearchOptions::links>("links", "Links of a node"),
      option<&IndexSearchOptions::width>("width", "Candidates for the links of a node"),
      option<&IndexSearchOptions::storage>("storage", "int8 or float32"),
      option<&IndexSearchOptions::threads>("threads", "Threads that build and search", at_least(1)),
      option<&IndexSearchOptions::search_width>("search_width", "That a model's manifest has", at_least(1)),
      option<&IndexSearchOptions::runs>("runs", "Times that each search is timed; the best counts", at_least(1)),
      option<&IndexSearchOptions::judged>("judged", "Of the queries, the first so many are searched exactly; 0: all"),
      option<&IndexSearchOptions::widths>("widths", "Search at several widths, not only as the model does"),
      option<&IndexSearchOptions::file>("file", "Where to write the graph"),
      option<&IndexSearchOptions::build>("build", "Build it; else the one that is there is searched"),
  };
};
SEGUE_CHECK_OPTIONS(IndexSearchOptions);

namespace {

struct Cost {
  double cpu = 0;
  double wall = 0;
};

template <class Work>
Cost cost_of(const Work& work) {
  const auto wall = std::chrono::steady_clock::now();
  const double cpu = processor_seconds();
  work();
  return {processor_seconds() - cpu, std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count()};
}

void run(std::span<char*> arguments) {
  IndexSearchOptions options;
  set_options(arguments, options);
  const model::NpyMatrix npy(options.vectors);
  math::MatrixView<const float> vectors = npy.view();
  if (options.rows > 0) vectors.rows = std::min<std::size_t>(vectors.rows, options.rows);
  std::vector<float> inverse_norms(vectors.rows);
  for (std::size_t row = 0; row < vectors.rows; ++row) {
    const float square = math::best_kernels().squared_norm(vectors.row(row), vectors.columns);
    inverse_norms[row] = square > 0 ? 1 / std::sqrt(square) : 0;
  }
  std::vector<std::uint32_t> songs;
  std::vector<std::vector<float>> queries;
  for (std::size_t i = 0; i < options.queries; ++i) {
    // By the golden ratio: however many are looked at, they are spread over the file.
    const double place = std::fmod(0.5 + static_cast<double>(i) * 0.6180339887498949, 1.0);
    songs.push_back(static_cast<std::uint32_t>(place * static_cast<double>(vectors.rows)));
    queries.emplace_back(vectors[songs.back()].begin(), vectors[songs.back()].end());
    math::best_kernels().scale(inverse_norms[songs.back()], queries.back().data(), vectors.columns);
  }

  NoProgress progress;
  const Cost building = cost_of([&] {
    if (!options.build) return;
    index::GraphIndex::build(
        vectors, inverse_norms,
        {.links = options.links, .build_width = options.width, .storage = options.storage, .threads = options.threads},
        progress, {})
        .save(options.file, std::string(64, '0'));
  });
  const std::uintmax_t bytes = std::filesystem::file_size(options.file);
  std::optional<index::GraphIndex> graph;
  const Cost opening = cost_of([&] { graph.emplace(options.file, vectors.rows, vectors.columns); });
  std::optional<index::CodedRows> codes;
  const Cost coding = cost_of([&] { codes.emplace(vectors, inverse_norms, options.threads); });
  std::printf(
      "{\"build_cpu\": %.3f, \"build_wall\": %.3f, \"open_cpu\": %.4f, \"open_wall\": %.4f, \"codes_cpu\": %.4f, "
      "\"bytes\": %ju}\n",
      building.cpu, building.wall, opening.cpu, opening.wall, coding.cpu, bytes);

  const index::SongIndex index(vectors, inverse_norms, &*graph, options.search_width, &*codes);
  const std::size_t judged =
      options.judged > 0 ? std::min<std::size_t>(options.judged, queries.size()) : queries.size();
  const auto search = [&](index::SearchMethod method, std::size_t width, std::size_t asked,
                          std::vector<std::vector<math::ScoredRow>>& lists) {
    lists.resize(asked);
    parallel_for(asked, 16, options.threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t q = begin; q < end; ++q) {
        lists[q] = index.search(queries[q], options.k, {.excluded = std::span(&songs[q], 1)},
                                {.method = method, .width = width, .threads = 1});
      }
    });
  };
  std::vector<std::vector<math::ScoredRow>> right;
  std::vector<std::vector<math::ScoredRow>> found;
  Cost exact{1e9, 1e9};
  for (std::uint64_t run = 0; run < std::min<std::uint64_t>(options.runs, 2); ++run) {
    const Cost cost = cost_of([&] { search(index::SearchMethod::exact, 0, judged, right); });
    exact = {std::min(exact.cpu, cost.cpu), std::min(exact.wall, cost.wall)};
  }
  const auto count = static_cast<double>(queries.size());
  const auto count_judged = static_cast<double>(judged);
  std::printf("{\"width\": 0, \"recall\": 1.0, \"cpu\": %.3e, \"wall\": %.3e}\n", exact.cpu / count_judged,
              exact.wall / count_judged);
  for (const std::size_t width : {12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 0}) {
    if (width > 0 && (width < options.k || !options.widths)) continue;
    Cost best{1e9, 1e9};
    for (std::uint64_t run = 0; run < options.runs; ++run) {
      const Cost cost = cost_of([&] { search(index::SearchMethod::graph, width, queries.size(), found); });
      best = {std::min(best.cpu, cost.cpu), std::min(best.wall, cost.wall)};
    }
    std::size_t hits = 0;
    for (std::size_t q = 0; q < right.size(); ++q) {
      for (const math::ScoredRow& one : found[q])
        hits += std::ranges::count(right[q], one.row, &math::ScoredRow::row) > 0 ? 1 : 0;
    }
    const std::string name = width > 0 ? std::to_string(width) : "\"auto\"";
    std::printf("{\"width\": %s, \"recall\": %.5f, \"cpu\": %.3e, \"wall\": %.3e}\n", name.c_str(),
                static_cast<double>(hits) / count_judged / static_cast<double>(options.k), best.cpu / count,
                best.wall / count);
  }
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
