// One step of stochastic gradient descent on negative sampling: the only arithmetic of training, and all that a faster
// implementation has to replace.
//
// A step takes the mean h of some input rows (rows of W1: the one centre song of skip-gram, the context songs of CBOW)
// and some output rows o_0 ... o_{n-1} (rows of W2): the first `played` belong to songs that were really played there,
// with a weight w_j = 1 each, the others to noise songs, with a weight w_j = noise_weight each. With y_j = 1 for the
// played ones and 0 for noise it lowers the weighted loss of arXiv:1310.4546, equation 4,
//
//   L = sum over played  -w_j log s(o_j.h)  +  sum over noise  -w_j log s(-o_j.h),      s(x) = 1 / (1 + exp(-x)),
//
// in this order: all n dot products at the values from before the step; then the sizes
//
//   g_j = rate w_j (y_j - s_j) / (1 + damping rate w_j |h|^2 s_j (1 - s_j)),      s_j = s(o_j.h);
//
// then output after output e += g_j o_j and o_j += g_j h; last, every input row += e. The published step, for one pair
// of songs, is the one with one played song, a noise_weight of 1 and no damping.
//
// The denominator keeps large weights from overshooting. An explicit step moves o_j by rate w_j times the gradient from
// before the step, even far past the minimum; an implicit one takes the gradient from after the step (Toulis, Airoldi
// 2017, arXiv:1408.2923), which to first order divides by 1 + rate w_j |h|^2 s_j (1 - s_j), the second factor being the
// loss's curvature along the step. A damping above 1 allows for the other outputs, which move h at the same time.
//
// An output that appears twice is updated twice, the second time from the result of the first; an input that appears
// twice counts twice when h is averaged and receives e twice. With several inputs each receives the whole of e, as in
// word2vec.c; e / inputs would be the gradient of the mean (Irsoy, Benton, Stratos 2021, arXiv:2012.15332).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "segue/math/bf16.h"
#include "segue/math/kernel_list.h"

namespace segue::train {

// The most outputs of one step: a context and the most noise songs that TrainOptions allows, with room to spare.
inline constexpr std::size_t kMaxOutputs = 128;

// Words of StepRows::random.
inline constexpr std::size_t kRandomWords = 16;

// Rows of `length` numbers, floats or Bf16 (then all arithmetic is in floats, and results are rounded stochastically).
// Rows of inputs and outputs never overlap unless they are the same row.
template <class Number>
struct StepRows {
  std::span<Number* const> inputs;   // at least 1
  std::span<Number* const> outputs;  // 1 to kMaxOutputs
  std::size_t played = 1;            // of the outputs
  float noise_weight = 1;            // not negative
  std::size_t length = 0;            // a multiple of 16; padding is 0 and stays 0
  float* scratch = nullptr;          // 2 * length floats, overwritten
  std::uint32_t* random = nullptr;   // for Bf16: kRandomWords words, none of them 0, that the step advances
};

struct StepSize {
  float rate = 0;
  float damping = 0;
  bool loss = true;  // whether L is wanted
};

template <class Number>
using StepFunction = float (*)(const StepRows<Number>& rows, const StepSize& size);

// A step in two halves, for ranks that hold some columns of all rows each (columns.h). The first writes the dot
// products o_j.h, and then |h|^2: outputs.size() + 1 numbers. The second does the rest of the step with the sums of
// these over the ranks.
template <class Number>
using DotsFunction = void (*)(const StepRows<Number>& rows, float* dots);
template <class Number>
using FinishFunction = float (*)(const StepRows<Number>& rows, const StepSize& size, const float* dots);

// One implementation. Thread safe as long as scratch and random are not shared; rows may be (shared_rows.h). Returns L,
// from before the step, in nats; 0 if it is not wanted.
struct StepKernel {
  std::string_view name;  // of its SimdTarget
  StepFunction<float> step;
  StepFunction<math::Bf16> step_bf16;
  DotsFunction<float> dots;
  DotsFunction<math::Bf16> dots_bf16;
  FinishFunction<float> finish;
  FinishFunction<math::Bf16> finish_bf16;

  template <class Number>
  StepFunction<Number> step_for() const {
    if constexpr (sizeof(Number) == sizeof(math::Bf16)) {
      return step_bf16;
    } else {
      return step;
    }
  }
  template <class Number>
  DotsFunction<Number> dots_for() const {
    if constexpr (sizeof(Number) == sizeof(math::Bf16)) {
      return dots_bf16;
    } else {
      return dots;
    }
  }
  template <class Number>
  FinishFunction<Number> finish_for() const {
    if constexpr (sizeof(Number) == sizeof(math::Bf16)) {
      return finish_bf16;
    } else {
      return finish;
    }
  }
};

StepKernel kernels_for(math::ScalarTarget target);  // scalar.cpp

const math::KernelList<StepKernel>& all_step_kernels();

}  // namespace segue::train
