#include "segue/recommend/user_vector.h"

#include <algorithm>
#include <cmath>

#include "segue/base/error.h"
#include "segue/math/kernels/kernels.h"

namespace segue::recommend {

double recency_weight(std::size_t age, double half_life) {
  return half_life > 0 ? std::exp2(-static_cast<double>(age) / half_life) : 1;
}

namespace {

std::vector<WeightedSong> weighted_by_recency(std::span<const data::SongRow> songs, double half_life) {
  std::vector<WeightedSong> weighted;
  weighted.reserve(songs.size());
  for (std::size_t i = 0; i < songs.size(); ++i) {
    weighted.push_back({songs[i], recency_weight(songs.size() - 1 - i, half_life)});
  }
  return weighted;
}

}  // namespace

std::vector<float> mean_direction(const model::Model& model, std::span<const WeightedSong> songs) {
  const math::MatrixView<const float> vectors = model.vectors();
  const math::Kernels& kernels = math::best_kernels();
  std::vector<float> mean(vectors.columns);
  for (const WeightedSong& one : songs) {
    const float inverse_norm = model.inverse_norms()[one.song];
    if (inverse_norm == 0) continue;
    kernels.axpy(static_cast<float>(one.weight) * inverse_norm, vectors.row(one.song), mean.data(), mean.size());
  }
  const float square = kernels.squared_norm(mean.data(), mean.size());
  if (square > 0) kernels.scale(1 / std::sqrt(square), mean.data(), mean.size());
  return mean;
}

std::vector<float> mean_direction(const model::Model& model, std::span<const data::SongRow> songs, double half_life) {
  return mean_direction(model, weighted_by_recency(songs, half_life));
}

std::vector<float> user_vector(const model::Model& model, std::span<const data::SongRow> songs, double half_life) {
  return user_vector(model, weighted_by_recency(songs, half_life));
}

std::vector<float> user_vector(const model::Model& model, std::span<const WeightedSong> songs) {
  std::vector<float> mean = mean_direction(model, songs);
  if (std::ranges::all_of(mean, [](float number) { return number == 0; })) {
    const auto with_vector =
        std::ranges::count_if(songs, [&](const WeightedSong& one) { return model.inverse_norms()[one.song] > 0; });
    fail(ErrorCode::bad_input, "expected songs whose vectors have a common direction, found {} songs, {} with a vector",
         songs.size(), with_vector);
  }
  return mean;
}

}  // namespace segue::recommend
