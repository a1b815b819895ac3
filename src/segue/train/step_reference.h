// The step of step.h in double precision, straight from the paper: what every kernel is compared with.
#pragma once

#include <cstddef>
#include <span>

namespace segue {

// Rows of `dim` doubles. Returns the loss from before the step.
double reference_step(std::span<double* const> inputs, std::span<double* const> outputs, std::size_t dim, double rate);

// The loss alone, changing nothing.
double reference_loss(std::span<double* const> inputs, std::span<double* const> outputs, std::size_t dim);

}  // namespace segue
