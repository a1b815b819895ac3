// The step in plain C++ and single precision: for machines without a SIMD target, and to test the others against.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "segue/train/kernels/change.h"
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
SEGUE_HOGWILD void scalar_dots(const StepRows<Number>& rows, float* dots) {
  const std::size_t length = rows.length;
  float* h = rows.scratch;
  const float share = 1 / static_cast<float>(rows.inputs.size());
  for (std::size_t i = 0; i < length; ++i) {
    float sum = 0;
    for (const Number* input : rows.inputs) sum += load(input[i]);
    h[i] = sum * share;
  }
  for (std::size_t j = 0; j < rows.outputs.size(); ++j) {
    dots[j] = 0;
    for (std::size_t i = 0; i < length; ++i) dots[j] += load(rows.outputs[j][i]) * h[i];
  }
  dots[rows.outputs.size()] = dot(h, h, length);
}

// REQUIRES: h in scratch.
template <class Number>
SEGUE_HOGWILD float scalar_step_from(const StepRows<Number>& rows, const StepSize& size, const float* dots) {
  const std::size_t length = rows.length;
  const float* h = rows.scratch;
  const float damping = size.damping > 0 ? size.damping * size.rate * dots[rows.outputs.size()] : 0;
  std::array<float, kMaxOutputs> gradients;
  float loss = 0;
  for (std::size_t j = 0; j < rows.outputs.size(); ++j) {
    // With z = dot for the played and -dot for the others, the loss is -log s(z) and y - s(dot) is +-s(-z): one
    // exponential serves both, and neither overflows nor cancels.
    const bool played = j < rows.played;
    const float weight = played ? 1 : rows.noise_weight;
    const float z = played ? dots[j] : -dots[j];
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

template <class Number>
SEGUE_HOGWILD float scalar_step(const StepRows<Number>& rows, const StepSize& size) {
  std::array<float, kMaxOutputs + 1> dots;
  scalar_dots(rows, dots.data());
  return scalar_step_from(rows, size, dots.data());
}

template <class Number>
SEGUE_HOGWILD float scalar_finish(const StepRows<Number>& rows, const StepSize& size, const float* dots) {
  std::array<float, kMaxOutputs + 1> own;
  scalar_dots(rows, own.data());  // for h
  return scalar_step_from(rows, size, dots);
}

// --- change.h

template <class NumberAt>
float scalar_quantise(const NumberAt& number_at, std::size_t length, std::int8_t* to) {
  std::uint32_t largest = 0;
  for (std::size_t i = 0; i < length; ++i) {
    largest = std::max(largest, std::bit_cast<std::uint32_t>(std::abs(number_at(i))));
  }
  const float scale = change_scale(largest);
  for (std::size_t i = 0; i < length; ++i) {
    const float scaled = number_at(i) / scale;
    to[i] = std::isnan(scaled) ? std::int8_t{0}
                               : static_cast<std::int8_t>(std::clamp(std::nearbyint(scaled), -127.0F, 127.0F));
  }
  return scale;
}

template <class Number>
float scalar_take(const Number* now, const Number* base, std::size_t length, std::int8_t* to) {
  return scalar_quantise([&](std::size_t i) { return load(now[i]) - load(base[i]); }, length, to);
}

float scalar_pack(const float* numbers, std::size_t length, std::int8_t* to) {
  return scalar_quantise([&](std::size_t i) { return numbers[i]; }, length, to);
}

float number_of(const Change& change, std::size_t i) {
  return static_cast<float>(change.numbers[i]) * change.scale;
}

void scalar_add(const Change& change, std::size_t length, float* sum) {
  for (std::size_t i = 0; i < length; ++i) sum[i] += number_of(change, i);
}

void store_hashed(float& to, float number, std::uint32_t, std::size_t) {
  to = number;
}
void store_hashed(math::Bf16& to, float number, std::uint32_t seed, std::size_t column) {
  to = math::round_stochastically(number, change_rounding(seed, static_cast<std::uint32_t>(column)));
}

template <class Number>
void scalar_apply(const RowUpdate& update, std::size_t length, Number* now, Number* base) {
  for (std::size_t i = 0; i < length; ++i) {
    const float agreed = number_of(update.agreed, i);
    store_hashed(base[i], load(base[i]) + agreed, update.seed, i);
    if (update.replace) {
      now[i] = base[i];
    } else {
      const float own = update.own.numbers == nullptr ? 0 : number_of(update.own, i);
      store_hashed(now[i], load(now[i]) + (agreed - own), ~update.seed, i);
    }
  }
}

}  // namespace

StepKernel kernels_for(math::ScalarTarget target) {
  return {.name = target.name,
          .step = scalar_step<float>,
          .step_bf16 = scalar_step<math::Bf16>,
          .dots = scalar_dots<float>,
          .dots_bf16 = scalar_dots<math::Bf16>,
          .finish = scalar_finish<float>,
          .finish_bf16 = scalar_finish<math::Bf16>};
}

ChangeKernel change_kernels_for(math::ScalarTarget target) {
  return {.name = target.name,
          .take = scalar_take<float>,
          .take_bf16 = scalar_take<math::Bf16>,
          .pack = scalar_pack,
          .add = scalar_add,
          .apply = scalar_apply<float>,
          .apply_bf16 = scalar_apply<math::Bf16>};
}

}  // namespace segue::train
