#include "segue/train/step.h"

#include <vector>

#include "segue/train/step_kernels.h"

namespace segue::train {

std::span<const StepKernel> all_step_kernels() {
  static const std::vector<StepKernel> kernels = [] {
    std::vector<StepKernel> list = simd_step_kernels();
    list.push_back(scalar_step_kernel());
    return list;
  }();
  return kernels;
}

const StepKernel& best_step_kernel() {
  return all_step_kernels().front();
}

}  // namespace segue::train
