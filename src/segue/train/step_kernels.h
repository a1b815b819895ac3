// Where the list in step.cpp comes from.
#pragma once

#include <vector>

#include "segue/train/step.h"

namespace segue::train {

StepKernel scalar_step_kernel();              // step_scalar.cpp
std::vector<StepKernel> simd_step_kernels();  // step_simd.cpp: what this processor can run, widest first

}  // namespace segue::train
