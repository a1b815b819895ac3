// The result of a search as a TOML file for `segue train --config` and `segue evaluate --config`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "segue/base/options.h"
#include "segue/evaluate/blend_fit.h"
#include "segue/evaluate/options.h"
#include "segue/evaluate/split.h"
#include "segue/evaluate/tuning/trial.h"

namespace segue::evaluate {

struct BestOptions {
  std::string dataset;  // as typed
  std::string digest;   // of the dataset
  Trial best;
  Trial given;  // the trial it is compared with; REQUIRES: both are measured at all positions
  std::uint64_t positions = 0;
  std::uint64_t trials = 0;
  SplitKind split = SplitKind::queues;
  SplitOptions split_options;
  EvaluateOptions evaluate;
  std::optional<BlendFit> blend = {};  // with the best options; absent if the search was stopped
};

// [train] has every training option except threads and seed, and the weights of the blend. [evaluate] has the same, and
// the options that give the same split.
std::string to_toml(const BestOptions& result);

}  // namespace segue::evaluate
