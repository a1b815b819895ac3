// A training run that starts from an earlier model, so that vectors stay where they were.
//
// Songs of both start with their old vectors; songs that are new are placed among those they were played with
// (transitions/song_placer.h). After training, the vectors are turned onto the old ones: training is free to rotate
// them all, which changes nothing between them but everything for vectors that were stored elsewhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "segue/base/json_fwd.h"
#include "segue/base/options.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/model/model.h"
#include "segue/train/options.h"
#include "segue/train/trainer.h"
#include "segue/transitions/transitions.h"

namespace segue::pipeline {

struct StartOptions {
  std::string from{};
  bool warm = true;
};

}  // namespace segue::pipeline

namespace segue {

template <>
struct OptionsOf<pipeline::StartOptions> {
  static constexpr std::string_view section = "train";
  static constexpr std::array rows = {
      option<&pipeline::StartOptions::from>("from", "A model whose vectors the new ones start from and stay close to"),
      option<&pipeline::StartOptions::warm>(
          "warm", "With --from: start from its vectors; false: start anew, and only turn the result onto them"),
  };
};
SEGUE_CHECK_OPTIONS(pipeline::StartOptions);

}  // namespace segue

namespace segue::pipeline {

// How far song vectors moved: cosines of songs with their old selves, of songs that are trained in both models.
struct Drift {
  std::size_t songs = 0;
  double mean = 0;
  double lowest_percent = 0;  // the quantile .01
  double lowest_tenth = 0;    // the quantile .1
  double median = 0;
};
Drift drift_of(std::vector<float> cosines);
// {"songs", "mean", "p01", "p10", "median"}
json::object to_json(const Drift& drift);

struct StartReport {
  std::size_t songs_kept = 0;    // trained now, with a vector before
  std::size_t songs_placed = 0;  // trained now, new to the old model, and started among their surroundings
  Drift before{};                // as training left them
  Drift after{};                 // turned onto the old ones: what the model has
};

// {"songs_kept", "songs_placed", "cosine_before_turning", "cosine"}
json::object to_json(const StartReport& report);

// The model that a run starts from. `dataset_songs` outlives it.
class StartModel {
 public:
  // Throws as model::Model does; wrong_use if its vectors have another length than options.dim; bad_input if it shares
  // no song with the dataset.
  StartModel(const std::string& folder, const data::Catalogue& dataset_songs, const train::TrainOptions& options);

  const std::string& digest() const;
  // Of the first `songs` songs of the dataset. The result refers to this and to `transitions`.
  train::StartRows rows(const transitions::Transitions& transitions, std::uint32_t songs) const;
  // Turns both matrices, which become floats. `placed`: whether new songs were placed by rows().
  StartReport align(train::TrainedVectors& trained, bool placed, std::size_t threads) const;

 private:
  std::string folder_;
  model::Model model_;
  const data::Catalogue& songs_;
  std::vector<std::uint32_t> old_rows_;  // of each song of the dataset, or kNew
};

}  // namespace segue::pipeline
