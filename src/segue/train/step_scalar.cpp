// The step in plain C++ and single precision: for processors without a faster one, and to test those against.

#include <algorithm>
#include <array>
#include <cmath>

#include "segue/train/shared_rows.h"
#include "segue/train/step_kernels.h"

namespace segue {

namespace {

SEGUE_HOGWILD float scalar_step(const StepRows& rows, float rate) {
  const std::size_t length = rows.length;
  const float* h = rows.inputs[0];
  if (rows.inputs.size() > 1) {
    float* mean = rows.scratch + length;
    const float share = 1 / static_cast<float>(rows.inputs.size());
    for (std::size_t i = 0; i < length; ++i) {
      float sum = 0;
      for (const float* input : rows.inputs) sum += input[i];
      mean[i] = sum * share;
    }
    h = mean;
  }
  std::array<float, kMaxOutputs> gradients;
  float loss = 0;
  for (std::size_t j = 0; j < rows.outputs.size(); ++j) {
    float dot = 0;
    for (std::size_t i = 0; i < length; ++i) dot += rows.outputs[j][i] * h[i];
    // With z = dot for the positive and -dot for the others, the loss is -log s(z) and y - s(dot) is +-s(-z): one
    // exponential serves both, and neither overflows nor cancels.
    const float z = j == 0 ? dot : -dot;
    const float power = std::exp(-std::abs(z));
    const float miss = (z >= 0 ? power : 1) / (1 + power);
    gradients[j] = j == 0 ? rate * miss : -rate * miss;
    loss += std::max(-z, 0.0F) + std::log1p(power);
  }
  float* e = rows.scratch;
  std::fill_n(e, length, 0.0F);
  for (std::size_t j = 0; j < rows.outputs.size(); ++j) {
    for (std::size_t i = 0; i < length; ++i) {
      e[i] += gradients[j] * rows.outputs[j][i];
      rows.outputs[j][i] += gradients[j] * h[i];
    }
  }
  for (float* input : rows.inputs) {
    for (std::size_t i = 0; i < length; ++i) input[i] += e[i];
  }
  return loss;
}

}  // namespace

StepKernel scalar_step_kernel() {
  return {"scalar", scalar_step};
}

}  // namespace segue
