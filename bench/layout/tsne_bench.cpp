// t-SNE of vectors in files, for bench/layout/tsne.py.
//
//   tsne_bench vectors=V.npy output=LAYOUT.npy [neighbours=ROWS.npy distances=SQUARED.npy] [OPTION=VALUE...]
//
// Options are those of the map (segue/layout/tsne.h). Without neighbours, they are found by comparing all rows with
// each other, by squared Euclidean distance. All files are float32; row numbers are exact in it up to 16 million.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "segue/base/parallel.h"
#include "segue/layout/affinities.h"
#include "segue/layout/pca.h"
#include "segue/layout/tsne.h"
#include "segue/math/kernels/kernels.h"
#include "segue/math/top_k.h"
#include "segue/model/npy.h"

#include "bench/support/arguments.h"

namespace segue {

struct TsneBenchOptions {
  std::string vectors;
  std::string output;
  std::string neighbours;
  std::string distances;
  std::string start;
};

template <>
struct OptionsOf<TsneBenchOptions> {
  static constexpr std::string_view section = "bench";
  static constexpr std::array rows = {
      option<&TsneBenchOptions::vectors>("vectors", "A row a song"),
      option<&TsneBenchOptions::output>("output", "Where to write x and y of each"),
      option<&TsneBenchOptions::neighbours>("neighbours", "Their nearest rows, k columns"),
      option<&TsneBenchOptions::distances>("distances", "Squared distances to these"),
      option<&TsneBenchOptions::start>("start", "A layout to start from, the principal components by default"),
  };
};
SEGUE_CHECK_OPTIONS(TsneBenchOptions);

namespace {

struct Neighbours {
  std::size_t k = 0;
  std::vector<std::uint32_t> rows;
  std::vector<float> squared_distances;
};

Neighbours neighbours_of(math::MatrixView<const float> vectors, std::size_t k, std::size_t threads) {
  const math::Kernels& kernels = math::best_kernels();
  const std::size_t n = vectors.rows;
  k = std::min(k, n - 1);
  std::vector<float> norms(n);
  for (std::size_t i = 0; i < n; ++i) norms[i] = kernels.squared_norm(vectors.row(i), vectors.columns);
  Neighbours result{k, std::vector<std::uint32_t>(n * k), std::vector<float>(n * k)};
  parallel_for(n, 64, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<float> dots(n);
    for (std::size_t i = begin; i < end; ++i) {
      kernels.dot_rows(vectors.row(i), vectors, dots.data());
      math::TopK nearest(k);
      for (std::uint32_t j = 0; j < n; ++j) {
        if (j != i) nearest.offer({j, 2 * dots[j] - norms[j]});
      }
      const std::vector<math::ScoredRow> found = nearest.take();
      for (std::size_t j = 0; j < k; ++j) {
        result.rows[i * k + j] = found[j].row;
        result.squared_distances[i * k + j] = std::max(0.0F, norms[i] - found[j].score);
      }
    }
  });
  return result;
}

// The first k of each, which are the nearest.
Neighbours read_neighbours(const TsneBenchOptions& files, std::size_t most) {
  const model::NpyMatrix rows(files.neighbours);
  const model::NpyMatrix distances(files.distances);
  Neighbours result{std::min(most, rows.view().columns), {}, {}};
  for (std::size_t i = 0; i < rows.view().rows; ++i) {
    for (const float row : rows.view()[i].first(result.k)) result.rows.push_back(static_cast<std::uint32_t>(row));
    const auto far = distances.view()[i].first(result.k);
    result.squared_distances.insert(result.squared_distances.end(), far.begin(), far.end());
  }
  return result;
}

layout::Affinities affinities_of(math::MatrixView<const float> vectors, const TsneBenchOptions& files,
                                 const layout::TsneOptions& options) {
  const Neighbours found = files.neighbours.empty()
                               ? neighbours_of(vectors, layout::neighbours_for(options), thread_count(options.threads))
                               : read_neighbours(files, layout::neighbours_for(options));
  return layout::make_affinities({vectors.rows, found.k, found.rows, found.squared_distances}, options.perplexity,
                                 options.threads);
}

// Prints the cost of each part.
class Stopwatch {
 public:
  void lap(const char* what) {
    const double now = cpu_seconds();
    std::printf("%s: %.2f CPU s\n", what, now - last_);
    std::fflush(stdout);
    last_ = now;
  }

 private:
  static double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
  double last_ = cpu_seconds();
};

layout::Layout read_layout(const std::string& path) {
  const model::NpyMatrix points(path);
  layout::Layout layout;
  for (std::size_t i = 0; i < points.view().rows; ++i) layout.push_back({points.view()[i][0], points.view()[i][1]});
  return layout;
}

void run(std::span<char*> arguments) {
  TsneBenchOptions files;
  layout::TsneOptions options;
  set_options(arguments, files, options);
  Stopwatch watch;
  const model::NpyMatrix vectors(files.vectors);
  layout::Affinities affinities = affinities_of(vectors.view(), files, options);
  watch.lap("affinities");
  layout::Layout start =
      files.start.empty() ? layout::principal_components(vectors.view(), options.threads) : read_layout(files.start);
  watch.lap("start");
  std::printf("%zu songs, %zu affinities\n", affinities.size(), affinities.columns.size());
  NoProgress progress;
  const layout::TsneResult result = layout::fit_tsne(std::move(affinities), std::move(start), options, progress, {});
  watch.lap("t-SNE");
  for (const layout::TsneLoss& loss : result.losses) std::printf("%u: KL %.4f\n", loss.iteration, loss.kl);
  if (files.output.empty()) return;
  model::NpyWriter writer(files.output, result.points.size(), 2);
  for (const layout::Point& point : result.points) writer.add(std::array{point.x, point.y});
  writer.close();
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
