// Song vectors and user vectors as the tables of a feature store: Parquet with a key and an event timestamp.
//
//   songs.parquet   song, event_timestamp, plays, vector
//   users.parquet   user, event_timestamp, plays, songs, vector: only with a source of histories
//   manifest.json   the model, the options, sizes and digests of the files
//
// docs/features.md describes the columns.
#pragma once

#include <array>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include "segue/base/format_version.h"
#include "segue/base/options.h"
#include "segue/base/progress.h"
#include "segue/model/model.h"
#include "segue/pipeline/histories.h"

namespace segue::pipeline {

inline constexpr FormatVersion kFeaturesFormat{"segue-features", 1};

struct FeatureOptions {
  std::string timestamp = {};
  bool normalise = true;
  double half_life = 0;
  std::uint32_t threads = 0;
};

}  // namespace segue::pipeline

namespace segue {

template <>
struct OptionsOf<pipeline::FeatureOptions> {
  static constexpr std::string_view section = "features";
  static constexpr std::array rows = {
      option<&pipeline::FeatureOptions::timestamp>(
          "timestamp",
          "The event timestamp of all rows, such as 2026-11-22T12:00:00Z; by default when the model was "
          "made"),
      option<&pipeline::FeatureOptions::normalise>("normalise",
                                                   "Scale song vectors to length 1, as user vectors always are"),
      option<&pipeline::FeatureOptions::half_life>(
          "half_life",
          "In user vectors, a song counts half as much as one played this many songs later; 0: all count the same",
          between(0, 1e9)),
      option<&pipeline::FeatureOptions::threads>("threads", "Threads to use, 0 for all cores", between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(pipeline::FeatureOptions);

}  // namespace segue

namespace segue::pipeline {

struct FeatureCounts {
  std::uint64_t songs = 0;
  std::uint64_t users = 0;
  std::uint64_t without_vector = 0;  // users of whom no song with a direction is known; they have no row
};

// Writes the folder, which appears whole or not at all. `users` may be nullptr. The same arguments give the same bytes,
// but for the time in the manifest. Throws wrong_use for a timestamp that is none and for an output that is another
// folder, what the source throws, and interrupted.
FeatureCounts write_features(const model::Model& model, HistorySource* users, const FeatureOptions& options,
                             const std::string& output, Progress& progress, const std::stop_token& stop);

}  // namespace segue::pipeline
