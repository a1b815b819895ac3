// Songs that somebody does not want: never returned, and a reason to stay away from what is like them.
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

// Songs are taken as they are typed; who has a catalogue turns them into rows.
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
          "dislike", "A song not wanted, nor what is much like it; may be given several times"),
  };
};
SEGUE_CHECK_OPTIONS(recommend::DislikeOptions);

}  // namespace segue

namespace segue::recommend {

// What the disliked songs weigh against the liked ones (Rocchio's gamma to his beta of 1). Published retrieval systems
// use 0.15 to 0.5; songs of one genre lie so close together that it takes the upper end to be noticed.
inline constexpr float kDislikeStrength = 0.5F;

// Rocchio's formula on unit vectors: query - strength * mean of the disliked unit vectors, scaled to length 1. A song's
// cosine to the result is what it was, less `strength` times its mean cosine to the disliked songs, over a common
// length. Songs without a vector do not count; where nothing counts, or nothing is left, the query is returned as it
// is. `query`: a unit vector of model.vectors().columns numbers.
std::vector<float> away_from(const model::Model& model, std::span<const float> query,
                             std::span<const data::SongRow> disliked, float strength = kDislikeStrength);

}  // namespace segue::recommend
