// Two models side by side: what a retrain changed for songs, lists and the map.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "segue/base/json_fwd.h"
#include "segue/base/options.h"
#include "segue/base/progress.h"
#include "segue/model/model.h"
#include "segue/pipeline/drift.h"

namespace segue::pipeline {

struct CompareOptions {
  std::uint32_t k = 10;
  std::uint32_t sample = 2000;
  std::string dataset{};
  std::uint32_t threads = 0;
  std::uint64_t seed = 1;
};

}  // namespace segue::pipeline

namespace segue {

template <>
struct OptionsOf<pipeline::CompareOptions> {
  static constexpr std::string_view section = "compare";
  static constexpr std::array rows = {
      option<&pipeline::CompareOptions::k>("k", "Neighbours of a song, and songs in a list", between(1, 1000)),
      option<&pipeline::CompareOptions::sample>("sample", "Songs, and lists, that are looked at", between(1, 1e9)),
      option<&pipeline::CompareOptions::dataset>(
          "dataset", "Lists follow the newest ten songs of its queues; without one, a single song"),
      option<&pipeline::CompareOptions::threads>("threads", "Threads to use, 0 for all cores", between(0, 1024)),
      option<&pipeline::CompareOptions::seed>("seed", "Seed of the sample", at_least(0)),
  };
};
SEGUE_CHECK_OPTIONS(pipeline::CompareOptions);

}  // namespace segue

namespace segue::pipeline {

// A song of both models.
struct SongDrift {
  std::string id;
  float cosine = 0;  // with its old self
};

// The share of the first k that the old and the new list of something have in common.
struct Kept {
  std::size_t sampled = 0;
  double share = 0;
};

struct ModelComparison {
  std::size_t songs_old = 0;
  std::size_t songs_new = 0;
  std::size_t songs_both = 0;
  Drift drift{};         // of songs trained in both; none where vectors have different lengths
  Drift turned_drift{};  // after the rotation that brings the new vectors closest to the old ones
  Kept neighbours{};     // among songs trained in both
  Kept lists{};          // of recommendations, new songs among them
  // Mean distance of a song from its old place, in units of the old map's root mean square radius; and after the turn,
  // scale and shift that brings the new map closest to the old one. None unless both models have a map.
  std::optional<double> map_moved{};
  std::optional<double> map_moved_aligned{};
  std::vector<SongDrift> songs{};  // the most moved first
};

json::object to_json(const ModelComparison& comparison);  // without the songs

// Throws as open_dataset does; bad_input if the models share no trained song; interrupted.
ModelComparison compare_models(const model::Model& old_model, const model::Model& new_model,
                               const CompareOptions& options, Progress& progress, const std::stop_token& stop);

}  // namespace segue::pipeline
