#include "segue/pipeline/map_layout.h"

#include <algorithm>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/index/all_neighbours.h"
#include "segue/layout/affinities.h"
#include "segue/layout/pca.h"
#include "segue/layout/placement.h"
#include "segue/layout/region_names.h"
#include "segue/layout/regions.h"
#include "segue/pipeline/place.h"

namespace segue::pipeline {

namespace {

// The map of another model, and for each song that is laid out its row there.
struct OldMap {
  model::Model model;
  std::vector<std::uint32_t> rows;

  const layout::Layout& layout() const { return model.map()->layout; }
};

OldMap open_old_map(const std::string& folder, const model::Model& model, std::size_t songs) {
  OldMap old{model::Model(folder), {}};
  if (old.model.map() == nullptr) {
    fail(ErrorCode::wrong_use, "--like {}: expected a model with a map, found none; `segue map {}` makes one", folder,
         folder);
  }
  for (std::uint32_t row = 0; row < songs; ++row) {
    old.rows.push_back(old.model.songs().find(model.songs().id(row)).value_or(layout::kNotOnMap));
  }
  return old;
}

math::Matrix unit_vectors(const model::Model& model, std::size_t threads) {
  const math::MatrixView<const float> vectors = model.vectors();
  math::Matrix units(vectors.rows, vectors.columns);
  parallel_for(vectors.rows, 4096, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const float scale = model.inverse_norms()[row];
      std::ranges::transform(vectors[row], units.view().row(row), [&](float number) { return number * scale; });
    }
  });
  return units;
}

layout::Affinities affinities_of(math::MatrixView<const float> units, const layout::TsneOptions& tsne,
                                 Progress& progress, const std::stop_token& stop) {
  // Of unit vectors, the nearest by cosine are the nearest by Euclidean distance, and a graph can find them.
  const index::AllNeighboursOptions how{.distance = index::Distance::cosine, .threads = tsne.threads};
  const index::NeighbourLists near = index::all_neighbours(units, layout::neighbours_for(tsne), how, progress, stop);
  return layout::make_affinities({units.rows, near.k, near.rows, near.squared_distances}, tsne.perplexity,
                                 tsne.threads);
}

}  // namespace

MapLayout make_map_layout(const model::Model& model, const LayoutOptions& options, const layout::TsneOptions& tsne,
                          Progress& progress, const std::stop_token& stop) {
  const std::size_t songs = model.songs().size();
  std::size_t laid = model.trained_songs();
  if (laid < 2) fail(ErrorCode::bad_input, "expected a model of at least 2 trained songs to map, found {}", laid);
  if (options.most_played > 0) laid = std::clamp<std::size_t>(options.most_played, 2, laid);
  std::optional<OldMap> old;
  if (!options.like.empty()) old.emplace(open_old_map(options.like, model, laid));

  const math::Matrix units = unit_vectors(model, thread_count(tsne.threads));
  const math::MatrixView<const float> rows{units.view().data, laid, units.columns(), units.view().stride};
  layout::Affinities affinities = affinities_of(rows, tsne, progress, stop);
  layout::Layout start =
      old ? layout::start_like(affinities, old->layout(), old->rows) : layout::principal_components(rows, tsne.threads);
  layout::TsneResult fitted = layout::fit_tsne(std::move(affinities), std::move(start), tsne, progress, stop);

  MapLayout result;
  result.kl = fitted.kl;
  layout::Layout points = std::move(fitted.points);
  if (old) {
    layout::Alignment aligned = layout::align_to(std::move(points), old->layout(), old->rows);
    points = std::move(aligned.points);
    result.mean_displacement = aligned.mean_displacement;
  }
  if (laid < songs) {
    const layout::Layout rest = place_rows(points, units.view(), thread_count(tsne.threads), progress, stop);
    points.insert(points.end(), rest.begin(), rest.end());
  }
  result.map = layout::find_regions(std::move(points));
  layout::name_regions(result.map, model.songs(), model.title_terms());
  return result;
}

}  // namespace segue::pipeline
