// The step of step.h in double precision, straight from the paper: every kernel is compared with it.
#pragma once

#include <cstddef>
#include <span>

namespace segue::train {

struct ReferenceRows {
  std::span<double* const> inputs;
  std::span<double* const> outputs;
  std::size_t dim = 0;
  std::size_t played = 1;
  double noise_weight = 1;
};

// Returns the loss from before the step.
double reference_step(const ReferenceRows& rows, double rate, double damping = 0);

// Returns the loss and changes nothing.
double reference_loss(const ReferenceRows& rows);

}  // namespace segue::train
