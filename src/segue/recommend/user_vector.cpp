#include "segue/recommend/user_vector.h"

#include <algorithm>
#include <cmath>

#include "segue/base/error.h"
#include "segue/math/kernels/kernels.h"

namespace segue::recommend {

double recency_weight(std::size_t age, double half_life) {
  return half_life > 0 ? std::exp2(-static_cast<double>(age) / half_life) : 1;
}

std::vector<float> mean_direction(const model::Model& model, std::span<const data::SongRow> songs, double half_life) {
  const math::MatrixView<const float> vectors = model.vectors();
  const math::Kernels& kernels = math::best_kernels();
  std::vector<float> mean(vectors.columns);
  for (std::size_t i = 0; i < songs.size(); ++i) {
    const float inverse_norm = model.inverse_norms()[songs[i]];
    if (inverse_norm == 0) continue;
    const double weight = recency_weight(songs.size() - 1 - i, half_life);
    kernels.axpy(static_cast<float>(weight) * inverse_norm, vectors.row(songs[i]), mean.data(), mean.size());
  }
  const float square = kernels.squared_norm(mean.data(), mean.size());
  if (square > 0) kernels.scale(1 / std::sqrt(square), mean.data(), mean.size());
  return mean;
}

std::vector<float> user_vector(const model::Model& model, std::span<const data::SongRow> songs, double half_life) {
  std::vector<float> mean = mean_direction(model, songs, half_life);
  if (std::ranges::all_of(mean, [](float number) { return number == 0; })) {
    const auto with_vector =
        std::ranges::count_if(songs, [&](data::SongRow song) { return model.inverse_norms()[song] > 0; });
    fail(ErrorCode::bad_input, "expected songs whose vectors have a common direction, found {} songs, {} with a vector",
         songs.size(), with_vector);
  }
  return mean;
}

}  // namespace segue::recommend
