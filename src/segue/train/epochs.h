// The ends of epochs, and where a resumed run starts.
#pragma once

#include <cmath>
#include <cstdint>

#include "segue/base/error.h"
#include "segue/train/checkpoint.h"
#include "segue/train/options.h"

namespace segue::train {

// The position at which a resumed run starts. Throws corrupt if it is not one of this training.
inline TrainingPosition resumed(const CheckpointSource& source, std::uint64_t blocks, std::uint64_t plays_total,
                                const TrainOptions& options) {
  TrainingPosition position = source.position();
  const auto check_at_most = [](std::string_view what, std::uint64_t found, std::uint64_t most) {
    if (found > most) fail(ErrorCode::corrupt, "checkpoint: expected at most {} {}, found {}", most, what, found);
  };
  if (position.blocks != blocks) {
    fail(ErrorCode::corrupt, "checkpoint: expected {} blocks of queues, found {}", blocks, position.blocks);
  }
  check_at_most("epochs", position.epochs.size(), options.epochs);
  check_at_most("blocks done", position.blocks_done, position.blocks);
  // By decay, which queues are trained is up to chance.
  if (options.decay.count() == 0) check_at_most("plays done", position.plays_done, plays_total);
  return position;
}

// 0 if subsampling left nothing to train.
inline double mean_loss(const TrainingPosition& position) {
  return position.pairs == 0 ? 0 : position.loss_sum / static_cast<double>(position.pairs);
}

// Adds the report of the epoch that is done, and starts the sums of the next. Throws wrong_use if the loss diverged.
inline void end_epoch(TrainingPosition& position, double sample_loss, const TrainOptions& options) {
  const auto number = static_cast<std::uint32_t>(position.epochs.size() + 1);
  const EpochReport report{.epoch = number,
                           .sample_loss = sample_loss,
                           .mean_loss = mean_loss(position),
                           .pairs = position.pairs,
                           .plays = position.plays_kept,
                           .seconds = position.seconds};
  if (!std::isfinite(report.mean_loss) || !std::isfinite(report.sample_loss)) {
    fail(ErrorCode::wrong_use, "learning_rate: expected one at which the loss stays finite, found {} (epoch {})",
         options.learning_rate, number);
  }
  position.epochs.push_back(report);
  position.blocks_done = 0;
  position.loss_sum = position.seconds = 0;
  position.pairs = position.plays_kept = 0;
}

}  // namespace segue::train
