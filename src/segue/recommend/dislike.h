// Disliked songs: never returned, and songs much like them rank lower.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"
#include "segue/model/model.h"

namespace segue::recommend {

// Songs as they are typed; the caller looks up their rows in its catalogue.
struct DislikeOptions {
  std::vector<std::string> dislike;
};

}  // namespace segue::recommend

namespace segue {

template <>
struct OptionsOf<recommend::DislikeOptions> {
  static constexpr std::string_view section = "recommend";
  static constexpr std::array rows = {
      option<&recommend::DislikeOptions::dislike>(
          "dislike", "A song to avoid, together with songs much like it; may be given several times"),
  };
};
SEGUE_CHECK_OPTIONS(recommend::DislikeOptions);

}  // namespace segue

namespace segue::recommend {

// The weight of the disliked songs against the liked ones (Rocchio's gamma for a beta of 1). Published retrieval
// systems use 0.15 to 0.5; songs of one genre are so close together that only the upper end has a visible effect.
inline constexpr float kDislikeStrength = 0.5F;

// Rocchio's formula on unit vectors: query - strength * mean of the disliked unit vectors, scaled to length 1. A song's
// cosine to the result is its cosine to the query, less `strength` times its mean cosine to the disliked songs, divided
// by a common length. Songs without a vector do not count; if none counts, or nothing is left, the query is returned
// unchanged. `query`: a unit vector of model.vectors().columns numbers.
std::vector<float> away_from(const model::Model& model, std::span<const float> query,
                             std::span<const data::SongRow> disliked, float strength = kDislikeStrength);

}  // namespace segue::recommend
