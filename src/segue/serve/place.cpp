#include "segue/serve/place.h"

#include <algorithm>
#include <vector>

#include "segue/layout/placement.h"

namespace segue::serve {

namespace {
constexpr std::size_t kNeighbours = 15;
constexpr double kPerplexity = 5;
}  // namespace

std::optional<layout::Point> place_of_vector(const model::Model& model, std::span<const float> vector) {
  const layout::SongMap* const map = model.map();
  if (map == nullptr) return std::nullopt;
  std::vector<std::uint32_t> rows(kNeighbours, layout::NeighbourView::kNone);
  std::vector<float> squared(kNeighbours, 0.0F);
  std::size_t found = 0;
  for (const math::ScoredRow& near : model.index().search(vector, kNeighbours, {}, {.threads = 1})) {
    rows[found] = near.row;
    squared[found++] = std::max(0.0F, 2 - 2 * near.score);  // for unit vectors
  }
  return layout::place_by_neighbours(map->layout, {1, kNeighbours, rows, squared}, kPerplexity, 1).front();
}

}  // namespace segue::serve
