// Search speed of a model: one exact query compared with a plain sum over the same bytes, the same with codes, 64
// queries at once, the graph at several widths with its recall, and filters that keep little or much. From the codes
// on, as `segue serve` searches.
//
//   index_bench model=MODEL [queries=1000] [exact_queries=30] [k=10]
//
// Times are processor time of the threads that search, which other programs on the machine affect less.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "segue/base/parallel.h"
#include "segue/base/random.h"
#include "segue/index/batch.h"
#include "segue/index/song_index.h"
#include "segue/math/kernels/kernels.h"
#include "segue/model/model.h"

#include "bench/support/arguments.h"
#include "bench/support/processor_seconds.h"

namespace segue {

struct IndexBenchOptions {
  std::string model;
  std::uint64_t queries = 1000;
  std::uint64_t exact_queries = 30;
  std::uint64_t k = 10;
};

template <>
struct OptionsOf<IndexBenchOptions> {
  static constexpr std::string_view section = "index_bench";
  static constexpr std::array rows = {
      option<&IndexBenchOptions::model>("model", "A model folder"),
      option<&IndexBenchOptions::queries>("queries", "Songs whose neighbours the graph looks for", at_least(1)),
      option<&IndexBenchOptions::exact_queries>("exact_queries", "Exact searches that are timed", at_least(1)),
      option<&IndexBenchOptions::k>("k", "Neighbours of each", at_least(1)),
  };
};
SEGUE_CHECK_OPTIONS(IndexBenchOptions);

namespace {

// The best of several runs: other programs on the machine only ever add.
template <class Work>
double best_seconds(int runs, const Work& work) {
  double best = 1e300;
  for (int run = 0; run < runs; ++run) {
    const double start = processor_seconds();
    work();
    best = std::min(best, processor_seconds() - start);
  }
  return best;
}

std::vector<std::vector<float>> some_queries(const model::Model& model, std::vector<std::uint32_t>& songs,
                                             std::size_t count) {
  Random random(1);
  std::vector<std::vector<float>> queries;
  while (queries.size() < count) {
    const std::uint32_t song = random.below(model.songs().size());
    if (model.inverse_norms()[song] == 0) continue;
    songs.push_back(song);
    queries.emplace_back(model.vectors()[song].begin(), model.vectors()[song].end());
    math::best_kernels().scale(model.inverse_norms()[song], queries.back().data(), queries.back().size());
  }
  return queries;
}

// A plain sum over memory: independent sums, so that nothing waits for an addition.
float plain_sum(math::MatrixView<const float> rows) {
  std::array<float, 64> sums{};
  const std::size_t count = rows.rows * rows.stride;
  for (std::size_t i = 0; i + sums.size() <= count; i += sums.size()) {
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += rows.data[i + j];
  }
  float sum = 0;
  for (const float one : sums) sum += one;
  return sum;
}

void exact_search(const model::Model& model, const std::vector<std::vector<float>>& queries,
                  const IndexBenchOptions& options) {
  const math::MatrixView<const float> vectors = model.vectors();
  const double bytes = static_cast<double>(vectors.rows * vectors.columns * sizeof(float));
  const index::ExactIndex exact(vectors, model.inverse_norms());
  const index::CodedRows codes(vectors, model.inverse_norms(), 0);
  const index::ExactIndex coded(vectors, model.inverse_norms(), &codes);
  // Sums and searches take turns.
  volatile float sink = 0;
  double sum = 1e300;
  double one = 1e300;
  double by_codes = 1e300;
  for (std::size_t i = 0; i < options.exact_queries; ++i) {
    const std::vector<float>& query = queries[i % queries.size()];
    sum = std::min(sum, best_seconds(1, [&] { sink = sink + plain_sum(vectors); }));
    one = std::min(one, best_seconds(1, [&] { (void)exact.search(query, options.k, {}, 1); }));
    by_codes = std::min(by_codes, best_seconds(1, [&] { (void)coded.search(query, options.k, {}, 1); }));
  }
  std::printf("plain sum of the vectors  %8.2f ms  %6.1f GB/s\n", 1e3 * sum, bytes / sum * 1e-9);
  std::printf("exact, one query          %8.2f ms  %6.1f GB/s, %.0f %% of the sum\n", 1e3 * one, bytes / one * 1e-9,
              100 * sum / one);
  std::printf("exact, by codes           %8.2f ms  %.1f times as many a second\n", 1e3 * by_codes, one / by_codes);

  constexpr std::size_t kBatch = 64;
  math::PackedRows packed(vectors.rows, vectors.columns);
  std::vector<float> unit(vectors.columns);
  for (std::size_t row = 0; row < vectors.rows; ++row) {
    for (std::size_t c = 0; c < unit.size(); ++c) unit[c] = vectors[row][c] * model.inverse_norms()[row];
    packed.set_row(row, unit.data());
  }
  index::BatchSearch batch(packed);
  std::vector<std::vector<math::ScoredRow>> lists(kBatch);
  const std::vector<std::span<const std::uint32_t>> nothing(kBatch);
  const double many = best_seconds(3, [&] {
    batch.clear();
    for (std::size_t q = 0; q < kBatch; ++q) std::ranges::copy(queries[q % queries.size()], batch.add().begin());
    batch.search(options.k, nothing, lists);
  });
  std::printf("exact, 64 queries at once %8.2f ms  %.2f ms a query: %.1f times as many a second\n", 1e3 * many,
              1e3 * many / kBatch, one * kBatch / many);
}

void graph_search(const model::Model& model, const std::vector<std::vector<float>>& queries,
                  const std::vector<std::uint32_t>& songs, const IndexBenchOptions& options) {
  const index::SongIndex& index = model.index();
  std::vector<std::vector<math::ScoredRow>> right(queries.size());
  parallel_for(queries.size(), 1, thread_count(0), [&](std::size_t q, std::size_t) {
    right[q] = index.search(queries[q], options.k, {.excluded = std::span(&songs[q], 1)},
                            {.method = index::SearchMethod::exact, .threads = 1});
  });
  std::printf("\nwidth  recall@%zu  queries/s of a core\n", static_cast<std::size_t>(options.k));
  for (const std::size_t width : {16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024}) {
    std::size_t hits = 0;
    const double seconds = best_seconds(3, [&] {
      hits = 0;
      for (std::size_t q = 0; q < queries.size(); ++q) {
        const auto found = index.search(queries[q], options.k, {.excluded = std::span(&songs[q], 1)},
                                        {.method = index::SearchMethod::graph, .width = width, .threads = 1});
        for (const math::ScoredRow& one : found) {
          hits += std::ranges::find(right[q], one.row, &math::ScoredRow::row) != right[q].end() ? 1 : 0;
        }
      }
    });
    const auto count = static_cast<double>(queries.size());
    std::printf("%5zu     %.4f  %9.0f\n", width, static_cast<double>(hits) / count / static_cast<double>(options.k),
                count / seconds);
  }
}

void filtered_search(const model::Model& model, const std::vector<std::vector<float>>& queries,
                     const IndexBenchOptions& options) {
  std::printf("\nkept      songs  auto      exact     found  recall\n");
  const std::size_t count = std::min<std::size_t>(queries.size(), 100);
  for (const double share : {1.0, 0.5, 0.1, 0.05, 0.03, 0.02, 0.01, 0.0001}) {
    Random random(2);
    index::RowSet keeps(model.songs().size());
    for (std::uint32_t row = 0; row < model.songs().size(); ++row) {
      if (random.uniform() < share) keeps.insert(row);
    }
    std::array<std::vector<std::vector<math::ScoredRow>>, 2> found;
    std::array<double, 2> seconds{};
    for (const std::size_t method : {0, 1}) {
      found[method].resize(count);
      seconds[method] = best_seconds(2, [&] {
        for (std::size_t q = 0; q < count; ++q) {
          found[method][q] = model.index().search(
              queries[q], options.k, {.excluded = {}, .keeps = &keeps},
              {.method = method == 0 ? index::SearchMethod::automatic : index::SearchMethod::exact, .threads = 1});
        }
      });
    }
    std::size_t hits = 0;
    std::size_t fewest = options.k;
    for (std::size_t q = 0; q < count; ++q) {
      fewest = std::min(fewest, found[0][q].size());
      for (const math::ScoredRow& one : found[0][q]) {
        hits += std::ranges::find(found[1][q], one.row, &math::ScoredRow::row) != found[1][q].end() ? 1 : 0;
      }
    }
    const auto queried = static_cast<double>(count);
    std::printf("%6.2f %% %7zu  %6.3f ms %6.3f ms  %zu     %.4f\n", 100 * share, keeps.count(),
                1e3 * seconds[0] / queried, 1e3 * seconds[1] / queried, fewest,
                static_cast<double>(hits) / queried / static_cast<double>(options.k));
  }
}

void run(std::span<char*> arguments) {
  IndexBenchOptions options;
  set_options(arguments, options);
  model::Model model(options.model);
  const auto start = std::chrono::steady_clock::now();
  const index::GraphIndex* const graph = model.index().graph();
  const std::chrono::duration<double> opening = std::chrono::steady_clock::now() - start;
  std::printf("%u songs x %zu, %s\n", model.songs().size(), model.vectors().columns,
              std::string(math::best_kernels().name).c_str());
  std::vector<std::uint32_t> songs;
  const auto queries = some_queries(model, songs, options.queries);
  exact_search(model, queries, options);
  model.code_vectors();
  if (graph == nullptr) {
    filtered_search(model, queries, options);
    return;
  }
  std::printf("graph opened in %.0f ms, %.0f MB\n", 1e3 * opening.count(), static_cast<double>(graph->bytes()) * 1e-6);
  graph_search(model, queries, songs, options);
  filtered_search(model, queries, options);
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
