// The step in plain C++ and single precision: for machines without a SIMD target, and to test the others against.

#include <algorithm>
#include <array>
#include <cmath>

#include "segue/train/kernels/step.h"
#include "segue/train/shared_rows.h"

namespace segue::train {

namespace {

// xorshift32 (Marsaglia 2003).
std::uint32_t next_random(std::uint32_t& state) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

float load(const float& number) {
  return number;
}
float load(const math::Bf16& number) {
  return math::to_float(number);
}
void store(float& to, float number, std::uint32_t*) {
  to = number;
}
void store(math::Bf16& to, float number, std::uint32_t* random) {
  to = math::round_stochastically(number, next_random(*random));
}

float dot(const float* a, const float* b, std::size_t length) {
  float sum = 0;
  for (std::size_t i = 0; i < length; ++i) sum += a[i] * b[i];
  return sum;
}

template <class Number>
SEGUE_HOGWILD float scalar_step(const StepRows<Number>& rows, const StepSize& size) {
  const std::size_t length = rows.length;
  float* h = rows.scratch;
  const float share = 1 / static_cast<float>(rows.inputs.size());
  for (std::size_t i = 0; i < length; ++i) {
    float sum = 0;
    for (const Number* input : rows.inputs) sum += load(input[i]);
    h[i] = sum * share;
  }
  const float damping = size.damping > 0 ? size.damping * size.rate * dot(h, h, length) : 0;
  std::array<float, kMaxOutputs> gradients;
  float loss = 0;
  for (std::size_t j = 0; j < rows.outputs.size(); ++j) {
    float sum = 0;
    for (std::size_t i = 0; i < length; ++i) sum += load(rows.outputs[j][i]) * h[i];
    // With z = dot for the played and -dot for the others, the loss is -log s(z) and y - s(dot) is +-s(-z): one
    // exponential serves both, and neither overflows nor cancels.
    const bool played = j < rows.played;
    const float weight = played ? 1 : rows.noise_weight;
    const float z = played ? sum : -sum;
    const float power = std::exp(-std::abs(z));
    const float whole = 1 + power;
    const float miss = (z >= 0 ? power : 1) / whole;
    const float curvature = power / (whole * whole);  // s (1 - s)
    const float g = size.rate * weight * miss / (1 + damping * weight * curvature);
    gradients[j] = played ? g : -g;
    if (size.loss) loss += weight * (std::max(-z, 0.0F) + std::log1p(power));
  }
  float* e = rows.scratch + length;
  std::fill_n(e, length, 0.0F);
  for (std::size_t j = 0; j < rows.outputs.size(); ++j) {
    for (std::size_t i = 0; i < length; ++i) {
      const float output = load(rows.outputs[j][i]);
      e[i] += gradients[j] * output;
      store(rows.outputs[j][i], output + gradients[j] * h[i], rows.random);
    }
  }
  for (Number* input : rows.inputs) {
    for (std::size_t i = 0; i < length; ++i) store(input[i], load(input[i]) + e[i], rows.random);
  }
  return loss;
}

}  // namespace

StepKernel kernels_for(math::ScalarTarget target) {
  return {.name = target.name, .step = scalar_step<float>, .step_bf16 = scalar_step<math::Bf16>};
}

}  // namespace segue::train
