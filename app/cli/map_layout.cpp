#include "app/cli/map_layout.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/index/all_neighbours.h"
#include "segue/index/batch.h"
#include "segue/index/exact.h"
#include "segue/layout/affinities.h"
#include "segue/layout/pca.h"
#include "segue/layout/placement.h"
#include "segue/layout/region_names.h"
#include "segue/layout/regions.h"

namespace segue::cli {

namespace {

// How many songs a song that comes later is placed among.
constexpr std::size_t kPlacedAmong = 15;
constexpr double kPlacingPerplexity = 5;

math::Matrix unit_vectors(const model::Model& model, std::size_t rows, std::size_t threads) {
  const math::MatrixView<const float> vectors = model.vectors();
  math::Matrix units(rows, vectors.columns);
  parallel_for(rows, 4096, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const float scale = model.inverse_norms()[row];
      std::ranges::transform(vectors[row], units.view().row(row), [&](float number) { return number * scale; });
    }
  });
  return units;
}

float squared_distance_of(float cosine) {
  return std::max(2 - 2 * cosine, 0.0F);
}

// For each song from `first` on the nearest of those before it.
layout::Layout place_rest(const layout::Layout& placed, const math::Matrix& units, const layout::TsneOptions& tsne,
                          Progress& progress, const std::stop_token& stop) {
  const std::size_t first = placed.size();
  const std::size_t rest = units.rows() - first;
  const std::size_t k = std::min(kPlacedAmong, first);
  const std::size_t threads = thread_count(tsne.threads);
  math::PackedRows packed(first, units.columns());
  parallel_for(first, 4096, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) packed.set_row(row, units.view().row(row));
  });
  std::vector<std::uint32_t> rows(rest * k);
  std::vector<float> distances(rest * k);
  progress.begin("place", rest, "songs");
  constexpr std::size_t kPiece = 64 * index::kBatchQueries;
  for (std::size_t piece = 0; piece < rest; piece += kPiece) {
    if (stop.stop_requested()) fail(ErrorCode::interrupted, "interrupted while placing songs");
    const std::size_t count = std::min(kPiece, rest - piece);
    parallel_for(count, index::kBatchQueries, threads, [&](std::size_t begin, std::size_t end) {
      index::BatchSearch batch(packed);
      for (std::size_t i = begin; i < end; ++i) std::ranges::copy(units.view()[first + piece + i], batch.add().begin());
      std::vector<std::vector<math::ScoredRow>> found(end - begin);
      const std::vector<std::span<const std::uint32_t>> excluded(end - begin);
      batch.search(k, excluded, found);
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
          rows[(piece + i) * k + j] = found[i - begin][j].row;
          distances[(piece + i) * k + j] = squared_distance_of(found[i - begin][j].score);
        }
      }
    });
    progress.update(piece + count, "");
  }
  progress.end();
  return layout::place_by_neighbours(placed, {rest, k, rows, distances}, kPlacingPerplexity, threads);
}

// For each of the first `rows` songs its row in the old model.
std::vector<std::uint32_t> old_rows(const model::Model& model, const model::Model& old, std::size_t rows) {
  std::vector<std::uint32_t> result;
  for (std::uint32_t row = 0; row < rows; ++row) {
    result.push_back(old.songs().find(model.songs().id(row)).value_or(layout::kNotOnMap));
  }
  return result;
}

}  // namespace

LaidOut lay_out(const model::Model& model, const layout::TsneOptions& tsne, const LayoutOptions& options,
                Progress& progress, const std::stop_token& stop) {
  const std::size_t songs = model.songs().size();
  if (songs < 2) fail(ErrorCode::bad_input, "expected a model of at least 2 songs to map, found {}", songs);
  std::optional<model::Model> old;
  if (!options.like.empty()) {
    old.emplace(options.like);
    if (old->map() == nullptr) {
      fail(ErrorCode::wrong_use, "--like {}: expected a model with a map, found none; make it by segue map {}",
           options.like, options.like);
    }
  }
  std::size_t laid = songs;
  if (options.most_played > 0) laid = std::clamp<std::size_t>(options.most_played, 2, songs);

  const math::Matrix units = unit_vectors(model, songs, thread_count(tsne.threads));
  const math::MatrixView<const float> rows{units.view().data, laid, units.columns(), units.view().stride};
  layout::Affinities affinities;
  {
    // The same distances as Euclidean ones of unit vectors, but a graph can find them among many songs.
    const index::AllNeighboursOptions how{.distance = index::Distance::cosine, .threads = tsne.threads};
    const index::NeighbourLists near = index::all_neighbours(rows, layout::neighbours_for(tsne), how, progress, stop);
    affinities =
        layout::make_affinities({laid, near.k, near.rows, near.squared_distances}, tsne.perplexity, tsne.threads);
  }
  const std::vector<std::uint32_t> old_row = old ? old_rows(model, *old, laid) : std::vector<std::uint32_t>();
  layout::Layout start = old ? layout::start_like(affinities, old->map()->layout, old_row)
                             : layout::principal_components(rows, tsne.threads);
  layout::TsneResult fitted = layout::fit_tsne(std::move(affinities), std::move(start), tsne, progress, stop);

  LaidOut result;
  result.kl = fitted.kl;
  layout::Layout layout = std::move(fitted.points);
  if (old) {
    layout::Alignment aligned = layout::align_to(std::move(layout), old->map()->layout, old_row);
    layout = std::move(aligned.points);
    result.mean_displacement = aligned.mean_displacement;
  }
  if (laid < songs) {
    const layout::Layout rest = place_rest(layout, units, tsne, progress, stop);
    layout.insert(layout.end(), rest.begin(), rest.end());
  }
  result.map = layout::find_regions(std::move(layout));
  layout::name_regions(result.map, model.songs());
  return result;
}

layout::Point place_vector(const model::Model& model, const layout::SongMap& map, std::span<const float> vector,
                           std::size_t threads) {
  const index::ExactIndex index(model.vectors(), model.inverse_norms());
  std::vector<std::uint32_t> rows;
  std::vector<float> distances;
  for (const math::ScoredRow& near : index.search(vector, kPlacedAmong, {}, threads)) {
    rows.push_back(near.row);
    distances.push_back(squared_distance_of(near.score));
  }
  return layout::place_by_neighbours(map.layout, {1, rows.size(), rows, distances}, kPlacingPerplexity, threads)
      .front();
}

}  // namespace segue::cli
