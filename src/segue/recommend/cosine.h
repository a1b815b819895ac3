// The similarity of two songs of a model.
#pragma once

#include <cstdint>

#include "segue/math/kernels/kernels.h"
#include "segue/model/model.h"

namespace segue::recommend {

// The cosine of two song vectors; 0 if one of them is zero. REQUIRES: rows of the model.
inline float song_cosine(const model::Model& model, data::SongRow a, data::SongRow b) {
  const math::MatrixView<const float> vectors = model.vectors();
  const float dot = math::best_kernels().dot(vectors.row(a), vectors.row(b), vectors.columns);
  return dot * model.inverse_norms()[a] * model.inverse_norms()[b];
}

}  // namespace segue::recommend
