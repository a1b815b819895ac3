// A training run that starts from an earlier model, so that vectors stay where they were.
//
// Songs that both train start with their old vectors, new ones as in a run from nothing: to start them among the songs
// they were played with was measured, and is worse (docs/decisions/0011). Queues that are new to the model are passed
// over several times in an epoch, so that new songs catch up. After training, the vectors are turned onto the old ones:
// training is free to rotate them all, which changes nothing between them but everything for vectors stored elsewhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "segue/base/json_fwd.h"
#include "segue/base/options.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/data/dataset/queues.h"
#include "segue/model/model.h"
#include "segue/pipeline/drift.h"
#include "segue/train/options.h"
#include "segue/train/trainer.h"

namespace segue::pipeline {

struct StartOptions {
  std::string from{};
  bool warm = true;
  std::uint32_t fresh_passes = 5;
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
      option<&pipeline::StartOptions::fresh_passes>(
          "fresh_passes", "With --from: passes of an epoch over queues that the model has not seen", between(1, 100)),
  };
};
SEGUE_CHECK_OPTIONS(pipeline::StartOptions);

}  // namespace segue

namespace segue::pipeline {

struct StartReport {
  std::size_t songs_kept = 0;  // trained now and before
  std::size_t songs_new = 0;   // trained now for the first time
  Drift before{};              // as training left them
  Drift after{};               // turned onto the old ones: what the model has
};

// {"songs_kept", "songs_new", "cosine_before_turning", "cosine"}
json::object to_json(const StartReport& report);

// The model that a run starts from.
class StartModel {
 public:
  // Throws as model::Model does; wrong_use if its vectors have another length than options.dim; bad_input if it shares
  // no song with the dataset.
  StartModel(const std::string& folder, const data::Catalogue& dataset_songs, const train::TrainOptions& options);

  const std::string& digest() const;
  // The old vectors of the first `songs` songs of the dataset, those to be trained; and as fresh the queues with a song
  // that the model has not trained, and those that began after the newest play it knows. The result refers to this.
  train::Start start(const data::Queues& queues, std::uint32_t songs, std::uint32_t fresh_passes) const;
  // Turns both matrices, which become floats.
  StartReport align(train::TrainedVectors& trained, std::size_t threads) const;

 private:
  std::string folder_;
  model::Model model_;
  std::vector<std::uint32_t> old_rows_;  // of each song of the dataset
};

}  // namespace segue::pipeline
