// What all ranks of a training run must have in common, or their vectors would be of different things.
#pragma once

#include <string>

#include "segue/train/checkpoint_folder.h"
#include "segue/train/options.h"
#include "segue/train/trainer.h"

namespace segue::train {

struct RunIdentity {
  TrainedOn on;
  TrainOptions options;
  std::string resumed_at;  // the position in words, "" from the beginning
};

// Compares with the other ranks; every rank makes this call. Throws wrong_use on all of them, naming the rank and what
// differs (the program's version, the dataset, --from, the checkpoint, or an option; threads may).
void check_agreement(const Ranks& ranks, const RunIdentity& mine);

}  // namespace segue::train
