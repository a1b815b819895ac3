// Writing a model folder (model.h) from what training and counting produced.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string_view>

#include "segue/base/json.h"
#include "segue/base/progress.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/data/dataset/title_terms.h"
#include "segue/model/blend_weights.h"
#include "segue/model/index_file.h"
#include "segue/plays/habits.h"
#include "segue/train/options.h"
#include "segue/train/trainer.h"
#include "segue/transitions/transitions.h"

namespace segue::model {

// The parts of a model that is not written yet. Its songs are the first of `songs`, as many as the transitions have;
// those beyond the trained vectors are placed among them (transitions/song_placer.h).
struct NewModel {
  const data::Catalogue& songs;
  std::string_view dataset_digest;
  const train::TrainOptions& options;
  const train::TrainedVectors& trained;
  const transitions::Transitions& transitions;
  Blend blend{};
  IndexBuild index{};
  const plays::Habits* habits = nullptr;  // nullptr: nothing is known of when songs were played
  // Called once vectors and transitions are written and not read any more, before the index is built, which needs
  // memory of its own.
  std::function<void()> release{};
  json::object start{};                      // the model it was started from, for the manifest; empty for none
  const data::TitleTerms* titles = nullptr;  // nullptr or empty: no queue has a name
};

// Writes a complete model folder with its index and replaces an older model once everything is on disk.
// Throws wrong_use, not_found, no_space, io_failed, interrupted.
void write_model(const std::filesystem::path& folder, const NewModel& model, Progress& progress,
                 const std::stop_token& stop);

}  // namespace segue::model
