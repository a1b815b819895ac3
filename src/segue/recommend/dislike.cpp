#include "segue/recommend/dislike.h"

#include <cmath>

#include "segue/math/kernels/kernels.h"

namespace segue::recommend {

std::vector<float> away_from(const model::Model& model, std::span<const float> query,
                             std::span<const data::SongRow> disliked, float strength) {
  const math::Kernels& kernels = math::best_kernels();
  const math::MatrixView<const float> vectors = model.vectors();
  std::vector<float> unmoved(query.begin(), query.end());
  std::vector<float> moved = unmoved;
  std::size_t count = 0;
  for (const data::SongRow row : disliked) count += model.inverse_norms()[row] > 0 ? 1 : 0;
  if (count == 0) return unmoved;
  const float step = -strength / static_cast<float>(count);
  for (const data::SongRow row : disliked) {
    kernels.axpy(step * model.inverse_norms()[row], vectors.row(row), moved.data(), moved.size());
  }
  const float norm = std::sqrt(kernels.squared_norm(moved.data(), moved.size()));
  if (!(norm > 1e-6F)) return unmoved;
  kernels.scale(1 / norm, moved.data(), moved.size());
  return moved;
}

}  // namespace segue::recommend
