// From a dataset folder to a model folder: a whole training run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"
#include "segue/base/progress.h"
#include "segue/model/blend_weights.h"
#include "segue/model/index_file.h"
#include "segue/pipeline/start_from.h"
#include "segue/train/checkpoint.h"
#include "segue/train/checkpoint_folder.h"
#include "segue/train/options.h"
#include "segue/train/trainer.h"
#include "segue/transitions/transitions.h"

namespace segue::data {
struct Dataset;  // data/dataset/dataset.h
}

namespace segue::pipeline {

struct TrainOutput {
  std::string output{};
};

struct CountOptions {
  std::uint32_t transition_window = transitions::kTransitionWindow;
};

}  // namespace segue::pipeline

namespace segue {

template <>
struct OptionsOf<pipeline::TrainOutput> {
  static constexpr std::string_view section = "train";
  static constexpr std::array rows = {
      option<&pipeline::TrainOutput::output>("output", "The model folder to write"),
  };
};
SEGUE_CHECK_OPTIONS(pipeline::TrainOutput);

template <>
struct OptionsOf<pipeline::CountOptions> {
  static constexpr std::string_view section = "train";
  static constexpr std::array rows = {
      option<&pipeline::CountOptions::transition_window>(
          "transition_window", "Transitions count pairs of plays at most this far apart", between(1, 1000)),
  };
};
SEGUE_CHECK_OPTIONS(pipeline::CountOptions);

}  // namespace segue

namespace segue::pipeline {

struct BuildOptions {
  TrainOutput target{};
  train::CheckpointOptions checkpoints{};
  StartOptions start{};
  train::TrainOptions train{};
  // Changes these for the dataset before anything else is done.
  std::function<void(const data::Dataset& dataset, train::TrainOptions& options)> adjust{};
  CountOptions counting{};
  model::Blend blend{};
  // Finds the weights of the blend for the dataset, once the vectors are trained; without it they are `blend`.
  std::function<model::Blend(const data::Dataset& dataset)> fit_blend{};
  model::IndexOptions index{};
  train::Ranks ranks{};
};

struct BuiltModel {
  std::uint64_t songs = 0;          // in the model
  std::uint64_t songs_placed = 0;   // of these, among those that are trained
  std::uint64_t songs_omitted = 0;  // songs of the dataset with too few plays even for that
  std::uint64_t plays = 0;          // of the model's songs
  std::uint64_t plays_trained = 0;  // of those that are trained
  std::uint64_t transitions = 0;
  double untrained_loss = 0;  // sample_loss before the first epoch
  std::vector<train::EpochReport> epochs;
  std::optional<StartReport> start;  // with --from
  train::ExchangeReport exchange{};  // with the other ranks
};

// Receives one line at a time that a user may want to read: where training resumes, a checkpoint that failed.
using Notes = std::function<void(std::string_view line)>;

// Trains vectors, counts transitions and writes them as a model, replacing an older one at the end. The checkpoint
// lives in train::checkpoint_of(output) and is removed once the model is written. `notes` is called by this thread.
// Throws wrong_use before reading anything if `output` is not a folder that may be replaced; otherwise throws as
// open_dataset, train_vectors, count_transitions, write_model and Checkpoint do.
//
// With several ranks, each makes this call. Only the first counts transitions and writes, the model and checkpoints;
// the others return once the vectors are trained, with only `exchange` set. Throws as check_agreement does.
BuiltModel build_model(const std::filesystem::path& dataset, const BuildOptions& options, Progress& progress,
                       const std::stop_token& stop, const Notes& notes);

// What makes the model useless, or likely so, each with the option that helps.
std::vector<std::string> doubts_of(const BuiltModel& built, const train::TrainOptions& options);

}  // namespace segue::pipeline
