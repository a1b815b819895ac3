// Songs ranked by the listener's own plays, each weighted by how many plays ago it was.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "segue/evaluate/tunable.h"

namespace segue::evaluate {

// Only the newest plays of a long past count.
inline constexpr std::size_t kPastUsed = 10'000;

// The weights of plays by age: [0] of the last one.
using PastWeights = std::vector<float>;
// REQUIRES: weight(age) > 0 and falling, for age 0 ... kPastUsed - 1.
PastWeights make_past_weights(const std::function<double(double age)>& weight);

// Scores the songs of Query::past by their sums of weights for the task. Views `weights`.
SparseScorer past_scorer(const LearntForTasks<PastWeights>& weights);

}  // namespace segue::evaluate
