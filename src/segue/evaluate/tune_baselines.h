// Chooses the settings of baselines on the validation part, so that the blend is compared with each at its best.
//
// Coordinate descent from the defaults: setting by setting, each value is tried with the best values of the others so
// far, for both tasks in one go, and the best NDCG@10 wins. A method is fitted anew only for what it has not learnt
// yet.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include "segue/base/progress.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/method.h"
#include "segue/evaluate/options.h"
#include "segue/evaluate/settings.h"
#include "segue/train/options.h"

namespace segue::evaluate {

// Positions of each task that settings are tried on, drawn at random.
inline constexpr std::uint64_t kTuningPositions = 3000;

// The best settings of each method that has some and applies, for each task that has positions. `split` is that of the
// evaluation; its part does not matter. The test part is not used. The same result with any number of threads. Throws
// bad_input if the dataset is too small to have a validation part, and interrupted.
std::vector<ChosenSettings> tune_baselines(const data::Dataset& dataset, SplitOptions split,
                                           std::vector<std::unique_ptr<Method>> methods, std::uint32_t heard,
                                           const train::TrainOptions& train, Progress& progress,
                                           const std::stop_token& stop);

}  // namespace segue::evaluate
