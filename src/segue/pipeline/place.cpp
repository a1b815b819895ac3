#include "segue/pipeline/place.h"

#include <algorithm>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/index/batch.h"
#include "segue/layout/placement.h"
#include "segue/math/packed_rows.h"
#include "segue/recommend/user_vector.h"

namespace segue::pipeline {

namespace {

constexpr std::size_t kNeighbours = 15;
constexpr double kPerplexity = 5;

// The nearest songs of several unit vectors, as place_by_neighbours takes them.
struct NearestSongs {
  std::size_t n;
  std::size_t k;
  std::vector<std::uint32_t> rows;
  std::vector<float> squared_distances;

  NearestSongs(std::size_t count, std::size_t each)
      : n(count), k(each), rows(n * k, layout::NeighbourView::kNone), squared_distances(n * k) {}

  void set(std::size_t i, std::span<const math::ScoredRow> found) {
    for (std::size_t j = 0; j < found.size(); ++j) {
      rows[i * k + j] = found[j].row;
      squared_distances[i * k + j] = std::max(2 - 2 * found[j].score, 0.0F);
    }
  }
  layout::Layout place(const layout::Layout& placed, std::size_t threads) const {
    return layout::place_by_neighbours(placed, {n, k, rows, squared_distances}, kPerplexity, threads);
  }
};

math::PackedRows packed_rows(math::MatrixView<const float> units, std::size_t count, std::size_t threads) {
  math::PackedRows packed(count, units.columns);
  parallel_for(count, 4096, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) packed.set_row(row, units.row(row));
  });
  return packed;
}

}  // namespace

layout::Point place_vector(const model::Model& model, const layout::SongMap& map, std::span<const float> vector,
                           std::size_t threads) {
  NearestSongs nearest(1, kNeighbours);
  nearest.set(0, model.index().search(vector, kNeighbours, {}, {.threads = threads}));
  return nearest.place(map.layout, threads).front();
}

layout::Layout place_vectors(const model::Model& model, const layout::SongMap& map, math::MatrixView<const float> units,
                             std::span<const std::uint32_t> excluded, std::size_t threads) {
  NearestSongs nearest(units.rows, kNeighbours);
  parallel_for(units.rows, 16, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      if (std::ranges::all_of(units[row], [](float number) { return number == 0; })) continue;
      nearest.set(row, model.index().search(units[row], kNeighbours, {excluded}, {.threads = 1}));
    }
  });
  return nearest.place(map.layout, threads);
}

layout::Point place_songs(const model::Model& model, const layout::SongMap& map, std::span<const std::uint32_t> songs,
                          double half_life, std::size_t threads) {
  return place_vector(model, map, recommend::user_vector(model, songs, half_life), threads);
}

layout::Layout place_rows(const layout::Layout& placed, math::MatrixView<const float> units, std::size_t threads,
                          Progress& progress, const std::stop_token& stop) {
  constexpr std::size_t kPiece = 64 * index::kBatchQueries;
  const std::size_t first = placed.size();
  const std::size_t rest = units.rows - first;
  const std::size_t k = std::min(kNeighbours, first);
  const math::PackedRows packed = packed_rows(units, first, threads);
  NearestSongs nearest(rest, k);
  progress.begin("place", rest, "songs");
  for (std::size_t piece = 0; piece < rest; piece += kPiece) {
    if (stop.stop_requested()) fail(ErrorCode::interrupted, "interrupted while placing songs");
    const std::size_t count = std::min(kPiece, rest - piece);
    parallel_for(count, index::kBatchQueries, threads, [&](std::size_t begin, std::size_t end) {
      index::BatchSearch batch(packed);
      for (std::size_t i = begin; i < end; ++i) std::ranges::copy(units[first + piece + i], batch.add().begin());
      std::vector<std::vector<math::ScoredRow>> found(end - begin);
      const std::vector<std::span<const std::uint32_t>> excluded(end - begin);
      batch.search(k, excluded, found);
      for (std::size_t i = begin; i < end; ++i) nearest.set(piece + i, found[i - begin]);
    });
    progress.update(piece + count, "");
  }
  progress.end();
  return nearest.place(placed, threads);
}

}  // namespace segue::pipeline
