// One step of stochastic gradient descent on negative sampling: the only arithmetic of training, and all that a faster
// way to train has to replace.
//
// A step takes the mean h of some input rows (rows of W1: the one centre song of skip-gram, the context songs of CBOW)
// and some output rows o_0 ... o_{n-1} (rows of W2): o_0 belongs to the song that was really played there, the others
// to noise songs. It lowers the loss of arXiv:1310.4546, equation 4,
//
//   L = -log s(o_0.h) - sum over j > 0 of log s(-o_j.h),      s(x) = 1 / (1 + exp(-x)),
//
// in this order: all n dot products at the values from before the step; then, with g_j = rate * (y_j - s(o_j.h)) and
// y = 1, 0, 0, ..., output after output e += g_j o_j and o_j += g_j h; last, every input row += e. An output that
// appears twice is updated twice, the second time from what the first left; an input that appears twice counts twice in
// the mean and receives e twice. With several inputs each receives the whole of e, as word2vec.c does; e / inputs would
// be the gradient of the mean (Irsoy, Benton, Stratos 2021, arXiv:2012.15332).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace segue {

// Outputs of one step at most: the positive and the most negatives that TrainOptions allows, with room to spare.
inline constexpr std::size_t kMaxOutputs = 128;

// Rows of `length` floats. Rows of inputs and outputs never overlap unless they are the same row.
struct StepRows {
  std::span<float* const> inputs;   // at least 1
  std::span<float* const> outputs;  // 1 to kMaxOutputs, the positive first
  std::size_t length = 0;           // a multiple of 16; padding is 0 and stays 0
  float* scratch = nullptr;         // 2 * length floats of the caller's, overwritten
};

// One implementation. Thread safe as long as scratch is not shared; rows may be (shared_rows.h).
struct StepKernel {
  std::string_view name;                            // "avx512", "avx2", "sse4", "neon", "scalar"
  float (*step)(const StepRows& rows, float rate);  // returns L, from before the step, in nats
};

// Those that this processor can run, fastest first; the last is "scalar", plain C++ that the others are tested against.
std::span<const StepKernel> all_step_kernels();

// The first of them.
const StepKernel& best_step_kernel();

}  // namespace segue
