#include "segue/model/index_file.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "segue/base/digest.h"
#include "segue/base/json.h"
#include "segue/base/parallel.h"
#include "segue/math/kernels/kernels.h"
#include "segue/model/model.h"
#include "segue/model/npy.h"

namespace segue::model {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRecallAt = 10;
constexpr double kRecallWanted = 0.98;

std::vector<float> inverse_norms_of(math::MatrixView<const float> vectors) {
  std::vector<float> inverse(vectors.rows);
  for (std::size_t row = 0; row < vectors.rows; ++row) {
    const float square = math::best_kernels().squared_norm(vectors.row(row), vectors.columns);
    inverse[row] = square > 0 ? 1 / std::sqrt(square) : 0;
  }
  return inverse;
}

}  // namespace

json::object write_index(const fs::path& folder, const IndexBuild& build, Progress& progress,
                         const std::stop_token& stop) {
  const fs::path file = folder / kIndexName;
  fs::remove(file);  // may be a link to the file of an older version, which must not be overwritten
  const NpyMatrix npy(folder / kVectorsName);
  math::MatrixView<const float> vectors = npy.view();
  if (build.songs > 0) vectors.rows = std::min(vectors.rows, build.songs);
  const IndexOptions& options = build.options;
  const bool large = options.index == index::SearchMethod::automatic && vectors.rows >= kGraphPays &&
                     vectors.rows <= index::kMostGraphNodes;
  if (options.index != index::SearchMethod::graph && !large) return {{"kind", "exact"}};

  const auto start = std::chrono::steady_clock::now();
  const std::vector<float> inverse_norms = inverse_norms_of(vectors);
  const index::GraphIndex graph = index::GraphIndex::build(vectors, inverse_norms,
                                                           {.links = options.index_links,
                                                            .build_width = options.index_width,
                                                            .storage = options.index_storage,
                                                            .seed = build.seed,
                                                            .threads = build.threads},
                                                           progress, stop);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  graph.save(file, sha256_of_file(folder / kVectorsName));
  const index::GraphRecall measured =
      index::choose_width(graph, vectors, inverse_norms, kRecallAt, kRecallWanted, build.threads, stop);
  return {{"kind", "graph"},
          {"links", options.index_links},
          {"build_width", options.index_width},
          {"storage", choice_name(options.index_storage)},
          {"seed", build.seed},
          {"songs", graph.nodes()},
          {"seconds", seconds.count()},
          {"search_width", measured.width},
          {"recall_at_10", measured.recall},
          {"recall_songs", measured.songs}};
}

}  // namespace segue::model
