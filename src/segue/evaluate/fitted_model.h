// A training run as users ask for one: options that suit the data, the vectors, and a blend fitted to the data.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

#include "segue/base/progress.h"
#include "segue/evaluate/auto_fit.h"
#include "segue/model/blend_weights.h"
#include "segue/pipeline/build_model.h"
#include "segue/train/preset.h"

namespace segue::evaluate {

// Which options the user gave: those are not chosen by the data.
struct GivenOptions {
  std::function<bool(std::string_view option)> train;  // of TrainOptions
  bool blend = false;                                  // any weight
};

struct FittedModelJob {
  pipeline::BuildOptions build{};  // adjust, blend and fit_blend are set by build_fitted_model
  train::PresetOptions preset{};
  model::BlendWeights blend{};
  AutoFitOptions fit{};
};

struct FittedModel {
  pipeline::BuiltModel built;
  std::optional<FittedBlend> fitted;  // none if that was not asked for
  model::Blend blend;
  train::TrainOptions options;  // as chosen
};

// Writes the model folder job.build.target.output. `notes` gets what the user should know, doubts of the result last.
// Throws as pipeline::build_model does.
FittedModel build_fitted_model(const std::filesystem::path& dataset, const FittedModelJob& job,
                               const GivenOptions& given, Progress& progress, const std::stop_token& stop,
                               const pipeline::Notes& notes);

}  // namespace segue::evaluate
