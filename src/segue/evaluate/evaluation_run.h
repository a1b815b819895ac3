// An evaluation as users ask for one: the blend fitted and baselines tuned on the validation part, a run for each seed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "segue/base/progress.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/auto_fit.h"
#include "segue/evaluate/evaluation.h"
#include "segue/evaluate/fitted_model.h"
#include "segue/evaluate/method.h"
#include "segue/evaluate/options.h"
#include "segue/evaluate/split_teachers.h"
#include "segue/model/blend_weights.h"
#include "segue/train/options.h"
#include "segue/train/preset.h"

namespace segue::evaluate {

struct EvaluationJob {
  SplitOptions split{};
  EvaluateOptions options{};
  train::TrainOptions train{};
  train::PresetOptions preset{};
  model::BlendWeights blend{};
  AutoFitOptions fit{};
};

struct EvaluationRuns {
  std::vector<Evaluation> runs;       // of each seed
  std::vector<model::Blend> blends;   // of each seed
  std::optional<FittedBlend> fitted;  // of the first seed, if the blend was fitted
  std::string untuned_because;        // why baselines keep their default settings, "" if they do not
};

using Methods = std::vector<std::unique_ptr<Method>>;
// Methods beside those of EvaluateOptions::baselines, for a split.
using OtherMethods = std::function<Methods(const Split& split)>;

// Whether a method of these names ranks by the blend. Throws wrong_use for an unknown name.
bool measures_blend(std::string_view baselines);

// Changes job.train to what suits the dataset. `teachers` may be nullptr. `notes` gets why the blend was not fitted.
// Throws as evaluate, fit_blend_to and tune_baselines do.
EvaluationRuns run_evaluation(const data::Dataset& dataset, EvaluationJob& job, const GivenOptions& given,
                              const OtherMethods& others, SplitTeachers* teachers, Progress& progress,
                              const std::stop_token& stop, const pipeline::Notes& notes);

}  // namespace segue::evaluate
