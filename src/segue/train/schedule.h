// The learning rate over the whole of training.
#pragma once

#include <algorithm>
#include <cstdint>

#include "segue/train/options.h"

namespace segue::train {

// Linear from learning_rate at 0 plays done to min_learning_rate at `total` = epochs * plays of the vocabulary, where
// plays count before subsampling, as in word2vec.c.
inline double learning_rate_at(const TrainOptions& options, std::uint64_t done, std::uint64_t total) {
  const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  return options.learning_rate + (options.min_learning_rate - options.learning_rate) * part;
}

}  // namespace segue::train
