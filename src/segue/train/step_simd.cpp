// The step of step.h with vector instructions, compiled once for each instruction set by Highway.
//
// Skip-gram with 5 negatives touches 7 rows a step: 1 input and 6 outputs, 128 floats each by default. Pass 1 goes
// through the row chunk by chunk (one vector register), holds the input's chunk in a register and adds to one
// accumulator an output, so that 6 independent multiply-adds hide each other's latency. The accumulators are then
// transposed and added four at a time into a register that holds the dot products of the outputs, which makes the
// sigmoid and the loss of all of them one short run of vector arithmetic. Pass 2 goes through the chunks again, now
// from L1, and updates outputs and input in one sweep.
//
// A step of n outputs of d floats: 2nd + 4nd flops (4,608 for n = 6, d = 128); it reads and writes (n + 1) rows, 3.5 kB
// each way. With the rows in L1 that is near 100 cycles on a machine with two 512-bit units; what it really costs is
// fetching the outputs, which is why the caller prefetches them (trainer.cpp).

// Not worth their compile time: no processor in use stops at SSSE3, and every one with SVE has NEON.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "segue/train/step_simd.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "segue/train/shared_rows.h"
#include "segue/train/step_kernels.h"

HWY_BEFORE_NAMESPACE();
namespace segue::HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR

namespace hn = hwy::HWY_NAMESPACE;

using Block = hn::FixedTag<float, 4>;   // four outputs
using Wide = hn::CappedTag<float, 16>;  // a chunk of a row, at most one cache line
constexpr std::size_t kGroup = 8;       // outputs whose accumulators fit into registers together

// [sum of a, sum of b, sum of c, sum of d] within each 128-bit block: seven instructions instead of four reductions.
template <class V>
HWY_INLINE V sums_by_block(V a, V b, V c, V d) {
  const Wide wide;
  const hn::Repartition<double, Wide> pairs;
  const V ab = hn::Add(hn::InterleaveLower(wide, a, b), hn::InterleaveUpper(wide, a, b));  // a02 b02 a13 b13
  const V cd = hn::Add(hn::InterleaveLower(wide, c, d), hn::InterleaveUpper(wide, c, d));
  const auto ab2 = hn::BitCast(pairs, ab);
  const auto cd2 = hn::BitCast(pairs, cd);
  return hn::Add(hn::BitCast(wide, hn::InterleaveLower(pairs, ab2, cd2)),   // a02 b02 c02 d02
                 hn::BitCast(wide, hn::InterleaveUpper(pairs, ab2, cd2)));  // a13 b13 c13 d13
}

// The sum of all 128-bit blocks.
template <class D, class V>
HWY_INLINE hn::Vec<Block> add_blocks(D d, V v) {
  if constexpr (hn::MaxLanes(d) <= 4) {
    return v;
  } else {
    const hn::Half<D> half;
    return add_blocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
}

// Outputs judged at once: as many as a register takes, up to a group.
using Judged = hn::CappedTag<float, kGroup>;

#if HWY_CAP_GE256
HWY_INLINE hn::Vec<Judged> join(hn::Vec<Block> low, hn::Vec<Block> high) {
  return hn::Combine(Judged(), high, low);
}
#endif

// The gradients of outputs from their dot products into `gradients`; returns their losses. `signs` is 1 for the
// positive, -1 for the others, 0 for what is not there (both its gradient and its loss are then 0).
HWY_INLINE hn::Vec<Judged> judge(hn::Vec<Judged> dots, hn::Vec<Judged> signs, float rate, float* gradients) {
  const Judged d;
  const auto one = hn::Set(d, 1.0F);
  const auto z = hn::Mul(dots, signs);
  const auto power = hn::Exp(d, hn::Neg(hn::Abs(z)));
  const auto miss = hn::Div(hn::IfThenElse(hn::Ge(z, hn::Zero(d)), power, one), hn::Add(one, power));  // s(-z)
  hn::StoreU(hn::Mul(hn::Mul(hn::Set(d, rate), signs), miss), d, gradients);
  const auto loss = hn::Add(hn::Max(hn::Neg(z), hn::Zero(d)), hn::Log1p(d, power));
  return hn::IfThenElseZero(hn::Ne(signs, hn::Zero(d)), loss);
}

// Pass 1 for kCount outputs: their gradients into `gradients` (room for 8); returns their loss.
template <std::size_t kCount>
HWY_INLINE float gradients_of(const float* HWY_RESTRICT h, float* const* outputs, bool has_positive, std::size_t length,
                              float rate, float* HWY_RESTRICT gradients) {
  const Wide d;
  hn::Vec<Wide> sum[kGroup];
  for (auto& s : sum) s = hn::Zero(d);
  for (std::size_t i = 0; i < length; i += hn::Lanes(d)) {
    const auto chunk = hn::LoadU(d, h + i);
    for (std::size_t j = 0; j < kCount; ++j) sum[j] = hn::MulAdd(hn::LoadU(d, outputs[j] + i), chunk, sum[j]);
  }
  alignas(32) static constexpr float kSigns[2][kGroup] = {{-1, -1, -1, -1, -1, -1, -1, -1},
                                                          {1, -1, -1, -1, -1, -1, -1, -1}};
  const Judged judged;
  const auto low = add_blocks(d, sums_by_block(sum[0], sum[1], sum[2], sum[3]));
  const auto high = add_blocks(d, sums_by_block(sum[4], sum[5], sum[6], sum[7]));
#if HWY_CAP_GE256
  const auto signs = hn::IfThenElseZero(hn::FirstN(judged, kCount), hn::Load(judged, kSigns[has_positive]));
  const auto losses = judge(join(low, high), signs, rate, gradients);
#else
  const auto signs_from = [&](std::size_t first) HWY_ATTR {
    const auto signs = hn::Load(judged, kSigns[has_positive] + first);
    return hn::IfThenElseZero(hn::FirstN(judged, kCount > first ? kCount - first : 0), signs);
  };
  auto losses = judge(low, signs_from(0), rate, gradients);
  if constexpr (kCount > 4) losses = hn::Add(losses, judge(high, signs_from(4), rate, gradients + 4));
#endif
  return hn::GetLane(hn::SumOfLanes(judged, losses));
}

// Pass 2 for kCount outputs: outputs += gradient * h, target = base + sum of gradient * output.
template <std::size_t kCount>
HWY_INLINE void update(const float* h, const float* base, float* target, float* const* outputs, std::size_t length,
                       const float* HWY_RESTRICT gradients) {
  const Wide d;
  hn::Vec<Wide> gradient[kCount];
  float* rows[kCount];  // copied: a store to a row could change `outputs`, for all the compiler knows
  for (std::size_t j = 0; j < kCount; ++j) {
    gradient[j] = hn::Set(d, gradients[j]);
    rows[j] = outputs[j];
  }
  for (std::size_t i = 0; i < length; i += hn::Lanes(d)) {
    const auto chunk = hn::LoadU(d, h + i);
    auto sum = hn::LoadU(d, base + i);
    for (std::size_t j = 0; j < kCount; ++j) {
      const auto output = hn::LoadU(d, rows[j] + i);
      sum = hn::MulAdd(gradient[j], output, sum);
      hn::StoreU(hn::MulAdd(gradient[j], chunk, output), d, rows[j] + i);
    }
    hn::StoreU(sum, d, target + i);
  }
}

// One input and up to a group of outputs: no scratch, the input is updated in the sweep.
template <std::size_t kCount>
SEGUE_HOGWILD float step_pair(float* input, float* const* outputs, std::size_t length, float rate) {
  HWY_ALIGN float gradients[kGroup];
  const float loss = gradients_of<kCount>(input, outputs, true, length, rate, gradients);
  update<kCount>(input, input, input, outputs, length, gradients);
  return loss;
}

using Pair = float (*)(float* input, float* const* outputs, std::size_t length, float rate);
constexpr Pair kPairs[kGroup] = {step_pair<1>, step_pair<2>, step_pair<3>, step_pair<4>,
                                 step_pair<5>, step_pair<6>, step_pair<7>, step_pair<8>};

template <std::size_t kCount>
SEGUE_HOGWILD float dots_pass(const float* h, float* const* outputs, bool has_positive, std::size_t length, float rate,
                              float* gradients) {
  return gradients_of<kCount>(h, outputs, has_positive, length, rate, gradients);
}
using Dots = float (*)(const float* h, float* const* outputs, bool has_positive, std::size_t length, float rate,
                       float* gradients);
constexpr Dots kDots[kGroup] = {dots_pass<1>, dots_pass<2>, dots_pass<3>, dots_pass<4>,
                                dots_pass<5>, dots_pass<6>, dots_pass<7>, dots_pass<8>};

template <std::size_t kCount>
SEGUE_HOGWILD void update_pass(const float* h, float* e, float* const* outputs, std::size_t length,
                               const float* gradients) {
  update<kCount>(h, e, e, outputs, length, gradients);
}
using Update = void (*)(const float* h, float* e, float* const* outputs, std::size_t length, const float* gradients);
constexpr Update kUpdates[kGroup] = {update_pass<1>, update_pass<2>, update_pass<3>, update_pass<4>,
                                     update_pass<5>, update_pass<6>, update_pass<7>, update_pass<8>};

SEGUE_HOGWILD HWY_NOINLINE void mean_of(std::span<float* const> inputs, std::size_t length, float* mean) {
  const Wide d;
  const auto share = hn::Set(d, 1 / static_cast<float>(inputs.size()));
  for (std::size_t i = 0; i < length; i += hn::Lanes(d)) {
    auto sum = hn::Zero(d);
    for (const float* input : inputs) sum = hn::Add(sum, hn::LoadU(d, input + i));
    hn::StoreU(hn::Mul(sum, share), d, mean + i);
  }
}

SEGUE_HOGWILD HWY_NOINLINE void add_to(std::span<float* const> inputs, std::size_t length, const float* e) {
  const Wide d;
  for (float* input : inputs) {
    for (std::size_t i = 0; i < length; i += hn::Lanes(d)) {
      hn::StoreU(hn::Add(hn::LoadU(d, input + i), hn::LoadU(d, e + i)), d, input + i);
    }
  }
}

// Several inputs, or more outputs than a group: group by group, e gathered in scratch.
SEGUE_HOGWILD HWY_NOINLINE float step_groups(const StepRows& rows, float rate) {
  const std::size_t count = rows.outputs.size();
  float* e = rows.scratch;
  float* h = rows.inputs[0];
  if (rows.inputs.size() > 1) {
    h = rows.scratch + rows.length;
    mean_of(rows.inputs, rows.length, h);
  }
  HWY_ALIGN float gradients[kMaxOutputs];
  float loss = 0;
  for (std::size_t j = 0; j < count; j += kGroup) {
    const std::size_t group = HWY_MIN(kGroup, count - j);
    loss += kDots[group - 1](h, rows.outputs.data() + j, j == 0, rows.length, rate, gradients + j);
  }
  for (std::size_t i = 0; i < rows.length; ++i) e[i] = 0;
  for (std::size_t j = 0; j < count; j += kGroup) {
    const std::size_t group = HWY_MIN(kGroup, count - j);
    kUpdates[group - 1](h, e, rows.outputs.data() + j, rows.length, gradients + j);
  }
  add_to(rows.inputs, rows.length, e);
  return loss;
}

SEGUE_HOGWILD float step(const StepRows& rows, float rate) {
  if (rows.inputs.size() == 1 && rows.outputs.size() <= kGroup) {
    return kPairs[rows.outputs.size() - 1](rows.inputs[0], rows.outputs.data(), rows.length, rate);
  }
  return step_groups(rows, rate);
}

#endif  // HWY_TARGET != HWY_SCALAR

}  // namespace segue::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace segue {

std::vector<StepKernel> simd_step_kernels() {
  [[maybe_unused]] const std::int64_t supported = hwy::SupportedTargets();
  std::vector<StepKernel> kernels;
#if HWY_TARGETS & HWY_AVX3
  if (supported & HWY_AVX3) kernels.push_back({"avx512", N_AVX3::step});
#endif
#if HWY_TARGETS & HWY_AVX2
  if (supported & HWY_AVX2) kernels.push_back({"avx2", N_AVX2::step});
#endif
#if HWY_TARGETS & HWY_SSE4
  if (supported & HWY_SSE4) kernels.push_back({"sse4", N_SSE4::step});
#endif
#if HWY_TARGETS & HWY_NEON
  if (supported & HWY_NEON) kernels.push_back({"neon", N_NEON::step});
#endif
  return kernels;
}

}  // namespace segue

#endif  // HWY_ONCE
