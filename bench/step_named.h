// The `kernel` option of the benchmark programs.
#pragma once

#include <string_view>

#include "segue/base/error.h"
#include "segue/train/step.h"

namespace segue {

// The fastest for "". Throws wrong_use where this processor has none of that name.
inline const train::StepKernel& step_named(std::string_view name) {
  if (name.empty()) return train::best_step_kernel();
  for (const train::StepKernel& kernel : train::all_step_kernels()) {
    if (kernel.name == name) return kernel;
  }
  fail(ErrorCode::wrong_use, "kernel: this processor has none named {}", name);
}

}  // namespace segue
