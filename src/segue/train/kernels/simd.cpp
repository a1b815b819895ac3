// The step of step.h with vector instructions, compiled once for each instruction set by Highway.
//
// A step reads each output twice and writes it once. Pass 1 computes the outputs' dot products with h, eight (then
// four, then one) rows at a time: their independent sums hide the latency of the multiply-adds, and h is loaded once
// for all of them. The sums are transposed and added four at a time into adjacent dot products, so that the sigmoid of
// all outputs is one or two registers of arithmetic. Pass 2 goes through the rows, which are now in L1, in stripes of
// four registers: a stripe of h and one of e stay in registers while all outputs are updated.
//
// A step of n outputs of d numbers takes 2nd + 4nd operations, 3nd / 16 multiply-adds of 512 bits, and reads and writes
// n + 1 rows. Those multiply-adds are its lower bound; with the rows in L1 it takes about a third more. The rest of its
// time is fetching the rows, which is why the caller prefetches them (worker.cpp).
//
// Rows of Bf16 are widened as they are loaded and rounded stochastically as they are stored.

#include "segue/train/kernels/change.h"
#include "segue/train/kernels/step.h"
#include "segue/train/shared_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "segue/train/kernels/simd.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which defines the target.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR  // see scalar.cpp
HWY_BEFORE_NAMESPACE();
namespace segue::train::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Block = hn::FixedTag<float, 4>;   // four outputs
using Wide = hn::CappedTag<float, 16>;  // a chunk of a row, at most one cache line
using Words = hn::RebindToUnsigned<Wide>;
using Halves = hn::Rebind<std::uint16_t, Wide>;
using V = hn::Vec<Wide>;

// Random bits for rounding: xorshift32 (Marsaglia 2003) in every lane. A word serves two numbers.
struct Rounding {
  hn::Vec<Words> state;
  hn::Vec<Words> spare;
  bool has_spare = false;

  HWY_INLINE hn::Vec<Words> next() {
    has_spare = !has_spare;
    if (!has_spare) return hn::ShiftRight<16>(spare);
    state = hn::Xor(state, hn::ShiftLeft<13>(state));
    state = hn::Xor(state, hn::ShiftRight<17>(state));
    state = hn::Xor(state, hn::ShiftLeft<5>(state));
    spare = state;
    return hn::And(state, hn::Set(Words(), 0xffffU));
  }
};

HWY_INLINE V load(const float* from) {
  return hn::LoadU(Wide(), from);
}
HWY_INLINE V load(const math::Bf16* from) {
  const auto bits = hn::LoadU(Halves(), reinterpret_cast<const std::uint16_t*>(from));
  return hn::BitCast(Wide(), hn::ShiftLeft<16>(hn::PromoteTo(Words(), bits)));
}
HWY_INLINE void store(V numbers, float* to, Rounding&) {
  hn::StoreU(numbers, Wide(), to);
}
HWY_INLINE void store(V numbers, math::Bf16* to, Rounding& rounding) {
  const auto rounded = hn::ShiftRight<16>(hn::Add(hn::BitCast(Words(), numbers), rounding.next()));
  hn::StoreU(hn::TruncateTo(Halves(), rounded), Halves(), reinterpret_cast<std::uint16_t*>(to));
}

// [sum of a, sum of b, sum of c, sum of d] within each 128-bit block: seven instructions instead of four reductions.
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
template <class D, class Vector>
HWY_INLINE hn::Vec<Block> add_blocks(D d, Vector v) {
  if constexpr (hn::MaxLanes(d) <= 4) {
    return v;
  } else {
    const hn::Half<D> half;
    return add_blocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
}

HWY_INLINE void store_sums(V a, V b, V c, V d, float* dots) {
  hn::StoreU(add_blocks(Wide(), sums_by_block(a, b, c, d)), Block(), dots);
}

// The dot products of eight, four or one rows with h; four or eight are written.
template <class Number>
HWY_INLINE void dots_of_8(const float* HWY_RESTRICT h, Number* const* rows, std::size_t length, float* dots) {
  const Number *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
  const Number *r4 = rows[4], *r5 = rows[5], *r6 = rows[6], *r7 = rows[7];
  V s0 = hn::Zero(Wide()), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (std::size_t i = 0; i < length; i += hn::Lanes(Wide())) {
    const V chunk = load(h + i);
    s0 = hn::MulAdd(load(r0 + i), chunk, s0);
    s1 = hn::MulAdd(load(r1 + i), chunk, s1);
    s2 = hn::MulAdd(load(r2 + i), chunk, s2);
    s3 = hn::MulAdd(load(r3 + i), chunk, s3);
    s4 = hn::MulAdd(load(r4 + i), chunk, s4);
    s5 = hn::MulAdd(load(r5 + i), chunk, s5);
    s6 = hn::MulAdd(load(r6 + i), chunk, s6);
    s7 = hn::MulAdd(load(r7 + i), chunk, s7);
  }
  store_sums(s0, s1, s2, s3, dots);
  store_sums(s4, s5, s6, s7, dots + 4);
}

template <class Number>
HWY_INLINE void dots_of_4(const float* HWY_RESTRICT h, Number* const* rows, std::size_t length, float* dots) {
  const Number *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
  V s0 = hn::Zero(Wide()), s1 = s0, s2 = s0, s3 = s0;
  for (std::size_t i = 0; i < length; i += hn::Lanes(Wide())) {
    const V chunk = load(h + i);
    s0 = hn::MulAdd(load(r0 + i), chunk, s0);
    s1 = hn::MulAdd(load(r1 + i), chunk, s1);
    s2 = hn::MulAdd(load(r2 + i), chunk, s2);
    s3 = hn::MulAdd(load(r3 + i), chunk, s3);
  }
  store_sums(s0, s1, s2, s3, dots);
}

template <class Number>
HWY_INLINE float dot(const float* HWY_RESTRICT h, const Number* row, std::size_t length) {
  const std::size_t lanes = hn::Lanes(Wide());
  V even = hn::Zero(Wide());
  V odd = hn::Zero(Wide());
  std::size_t i = 0;
  for (; i + 2 * lanes <= length; i += 2 * lanes) {
    even = hn::MulAdd(load(row + i), load(h + i), even);
    odd = hn::MulAdd(load(row + i + lanes), load(h + i + lanes), odd);
  }
  if (i < length) even = hn::MulAdd(load(row + i), load(h + i), even);
  return hn::GetLane(hn::SumOfLanes(Wide(), hn::Add(even, odd)));
}

// Pass 1. `dots` has room for the next multiple of 4.
template <class Number>
HWY_INLINE void dots_of(const float* h, std::span<Number* const> rows, std::size_t length, float* dots) {
  const std::size_t count = rows.size();
  std::size_t j = 0;
  for (; j + 8 <= count; j += 8) dots_of_8(h, rows.data() + j, length, dots + j);
  for (; j + 4 <= count; j += 4) dots_of_4(h, rows.data() + j, length, dots + j);
  for (; j < count; ++j) dots[j] = dot(h, rows[j], length);
}

// Turns dot products into the sizes g of step.h, in place, a register of outputs at a time; returns the loss. `damping`
// is damping rate |h|^2. Lanes beyond the outputs hold unused numbers.
template <class Number>
HWY_INLINE float judge(float* dots, const StepRows<Number>& rows, const StepSize& size, float damping) {
  const Wide d;
  const std::size_t count = rows.outputs.size();
  const auto one = hn::Set(d, 1.0F);
  V losses = hn::Zero(d);
  for (std::size_t j = 0; j < count; j += hn::Lanes(d)) {
    const auto played = hn::FirstN(d, rows.played > j ? rows.played - j : 0);
    const V weight = hn::IfThenElse(played, one, hn::Set(d, rows.noise_weight));
    const V sign = hn::IfThenElse(played, one, hn::Set(d, -1.0F));
    const V z = hn::Mul(sign, hn::LoadU(d, dots + j));
    const V power = hn::Exp(d, hn::Neg(hn::Abs(z)));
    const V whole = hn::Add(one, power);
    const V miss = hn::IfThenElse(hn::Ge(z, hn::Zero(d)), power, one);  // s(-z) whole
    // g = rate w (miss / whole) / (1 + damping w power / whole^2), with one division.
    const V divisor = hn::MulAdd(hn::Mul(hn::Set(d, damping), weight), power, hn::Mul(whole, whole));
    const V top = hn::Mul(hn::Mul(hn::Set(d, size.rate), hn::Mul(sign, weight)), hn::Mul(miss, whole));
    hn::StoreU(hn::Div(top, divisor), d, dots + j);
    if (size.loss) {
      const V loss = hn::Add(hn::Max(hn::Neg(z), hn::Zero(d)), hn::Log1p(d, power));
      losses = hn::Add(losses, hn::IfThenElseZero(hn::FirstN(d, count - j), hn::Mul(weight, loss)));
    }
  }
  return size.loss ? hn::GetLane(hn::SumOfLanes(d, losses)) : 0;
}

// Pass 2 for kChunks registers of every row: outputs += g h, and target = base + sum of g output.
template <std::size_t kChunks, class Number, class Base, class Target>
HWY_INLINE void update_stripe(const float* h, const Base* base, Target* target, std::span<Number* const> outputs,
                              std::size_t at, const float* sizes, Rounding& rounding) {
  const std::size_t lanes = hn::Lanes(Wide());
  V h0 = load(h + at), h1 = h0, h2 = h0, h3 = h0;
  V e0 = load(base + at), e1 = e0, e2 = e0, e3 = e0;
  if constexpr (kChunks == 4) {
    h1 = load(h + at + lanes), h2 = load(h + at + 2 * lanes), h3 = load(h + at + 3 * lanes);
    e1 = load(base + at + lanes), e2 = load(base + at + 2 * lanes), e3 = load(base + at + 3 * lanes);
  }
  for (std::size_t j = 0; j < outputs.size(); ++j) {
    Number* row = outputs[j] + at;
    const V g = hn::Set(Wide(), sizes[j]);
    const V o0 = load(row);
    e0 = hn::MulAdd(g, o0, e0);
    store(hn::MulAdd(g, h0, o0), row, rounding);
    if constexpr (kChunks == 4) {
      const V o1 = load(row + lanes), o2 = load(row + 2 * lanes), o3 = load(row + 3 * lanes);
      e1 = hn::MulAdd(g, o1, e1), e2 = hn::MulAdd(g, o2, e2), e3 = hn::MulAdd(g, o3, e3);
      store(hn::MulAdd(g, h1, o1), row + lanes, rounding);
      store(hn::MulAdd(g, h2, o2), row + 2 * lanes, rounding);
      store(hn::MulAdd(g, h3, o3), row + 3 * lanes, rounding);
    }
  }
  store(e0, target + at, rounding);
  if constexpr (kChunks == 4) {
    store(e1, target + at + lanes, rounding);
    store(e2, target + at + 2 * lanes, rounding);
    store(e3, target + at + 3 * lanes, rounding);
  }
}

template <class Number, class Base, class Target>
HWY_INLINE void update(const float* h, const Base* base, Target* target, const StepRows<Number>& rows,
                       const float* sizes, Rounding& rounding) {
  const std::size_t lanes = hn::Lanes(Wide());
  std::size_t at = 0;
  for (; at + 4 * lanes <= rows.length; at += 4 * lanes) {
    update_stripe<4>(h, base, target, rows.outputs, at, sizes, rounding);
  }
  for (; at < rows.length; at += lanes) update_stripe<1>(h, base, target, rows.outputs, at, sizes, rounding);
}

template <class Number>
HWY_INLINE void mean_of(std::span<Number* const> inputs, std::size_t length, float* HWY_RESTRICT mean) {
  const V share = hn::Set(Wide(), 1 / static_cast<float>(inputs.size()));
  for (std::size_t i = 0; i < length; i += hn::Lanes(Wide())) {
    V sum = load(inputs[0] + i);
    for (std::size_t j = 1; j < inputs.size(); ++j) sum = hn::Add(sum, load(inputs[j] + i));
    hn::StoreU(hn::Mul(sum, share), Wide(), mean + i);
  }
}

template <class Number>
HWY_INLINE void add_to(std::span<Number* const> inputs, std::size_t length, const float* HWY_RESTRICT e,
                       Rounding& rounding) {
  for (Number* input : inputs) {
    for (std::size_t i = 0; i < length; i += hn::Lanes(Wide())) {
      store(hn::Add(load(input + i), load(e + i)), input + i, rounding);
    }
  }
}

HWY_INLINE Rounding load_rounding(const std::uint32_t* random) {
  const auto state = random == nullptr ? hn::Zero(Words()) : hn::LoadU(Words(), random);
  return {state, state};
}

// h: a single row of floats itself; anything else becomes floats in scratch.
template <class Number>
HWY_INLINE const float* mean_input(const StepRows<Number>& rows) {
  if constexpr (sizeof(Number) == sizeof(float)) {
    if (rows.inputs.size() == 1) return rows.inputs[0];
  }
  mean_of(rows.inputs, rows.length, rows.scratch);
  return rows.scratch;
}

// The step from its dot products in `sizes`, where judge reads whole registers, and |h|^2.
template <class Number>
HWY_INLINE float step_from(const StepRows<Number>& rows, const StepSize& size, const float* h, float* sizes,
                           float square) {
  Rounding rounding = load_rounding(rows.random);
  const float loss = judge(sizes, rows, size, size.damping * size.rate * square);
  if (rows.inputs.size() == 1) {
    update(h, rows.inputs[0], rows.inputs[0], rows, sizes, rounding);
  } else {
    float* e = rows.scratch + rows.length;
    for (std::size_t i = 0; i < rows.length; ++i) e[i] = 0;
    update(h, e, e, rows, sizes, rounding);
    add_to(rows.inputs, rows.length, e, rounding);
  }
  if (rows.random != nullptr) hn::StoreU(rounding.state, Words(), rows.random);
  return loss;
}

template <class Number>
SEGUE_HOGWILD float step(const StepRows<Number>& rows, const StepSize& size) {
  HWY_ALIGN float sizes[kMaxOutputs] = {};
  const float* h = mean_input(rows);
  const float square = size.damping > 0 ? dot(h, h, rows.length) : 0;
  dots_of(h, rows.outputs, rows.length, sizes);
  return step_from(rows, size, h, sizes, square);
}

template <class Number>
SEGUE_HOGWILD void dots(const StepRows<Number>& rows, float* to) {
  HWY_ALIGN float sums[kMaxOutputs];
  const float* h = mean_input(rows);
  dots_of(h, rows.outputs, rows.length, sums);
  for (std::size_t j = 0; j < rows.outputs.size(); ++j) to[j] = sums[j];
  to[rows.outputs.size()] = dot(h, h, rows.length);
}

template <class Number>
SEGUE_HOGWILD float finish(const StepRows<Number>& rows, const StepSize& size, const float* dots) {
  HWY_ALIGN float sizes[kMaxOutputs] = {};
  for (std::size_t j = 0; j < rows.outputs.size(); ++j) sizes[j] = dots[j];
  return step_from(rows, size, mean_input(rows), sizes, dots[rows.outputs.size()]);
}

SEGUE_HOGWILD void dots_f32(const StepRows<float>& rows, float* to) {
  dots(rows, to);
}
SEGUE_HOGWILD void dots_bf16(const StepRows<math::Bf16>& rows, float* to) {
  dots(rows, to);
}
SEGUE_HOGWILD float finish_f32(const StepRows<float>& rows, const StepSize& size, const float* dots) {
  return finish(rows, size, dots);
}
SEGUE_HOGWILD float finish_bf16(const StepRows<math::Bf16>& rows, const StepSize& size, const float* dots) {
  return finish(rows, size, dots);
}
SEGUE_HOGWILD float step_f32(const StepRows<float>& rows, const StepSize& size) {
  return step(rows, size);
}
SEGUE_HOGWILD float step_bf16(const StepRows<math::Bf16>& rows, const StepSize& size) {
  return step(rows, size);
}

// --- change.h

using Bytes = hn::Rebind<std::int8_t, Wide>;
using Signed = hn::RebindToSigned<Wide>;

// Numbers minus those at `from`, or themselves if it is null.
template <class Number>
HWY_INLINE V difference(const Number* numbers, const Number* from, std::size_t at) {
  return from == nullptr ? load(numbers + at) : hn::Sub(load(numbers + at), load(from + at));
}

template <class Number>
HWY_INLINE float quantise(const Number* HWY_RESTRICT numbers, const Number* HWY_RESTRICT from, std::size_t length,
                          std::int8_t* HWY_RESTRICT to) {
  const std::size_t lanes = hn::Lanes(Wide());
  auto largest = hn::Zero(Signed());  // bits of floats without sign compare like the floats, NaN above all
  for (std::size_t i = 0; i < length; i += lanes) {
    largest = hn::Max(largest, hn::BitCast(Signed(), hn::Abs(difference(numbers, from, i))));
  }
  const float scale = change_scale(static_cast<std::uint32_t>(hn::GetLane(hn::MaxOfLanes(Signed(), largest))));
  const V inverse = hn::Set(Wide(), 1 / scale);
  const auto most = hn::Set(Signed(), 127);
  for (std::size_t i = 0; i < length; i += lanes) {
    const auto whole = hn::NearestInt(hn::Mul(difference(numbers, from, i), inverse));
    hn::StoreU(hn::DemoteTo(Bytes(), hn::Max(hn::Min(whole, most), hn::Neg(most))), Bytes(), to + i);
  }
  return scale;
}

HWY_INLINE V load(const Change& change, std::size_t at) {
  const auto whole = hn::PromoteTo(Signed(), hn::LoadU(Bytes(), change.numbers + at));
  return hn::Mul(hn::ConvertTo(Wide(), whole), hn::Set(Wide(), change.scale));
}

HWY_INLINE void add_change(const Change& change, std::size_t length, float* sum) {
  for (std::size_t i = 0; i < length; i += hn::Lanes(Wide())) {
    hn::StoreU(hn::Add(hn::LoadU(Wide(), sum + i), load(change, i)), Wide(), sum + i);
  }
}

HWY_INLINE void store_hashed(V numbers, float* to, std::uint32_t, std::size_t) {
  hn::StoreU(numbers, Wide(), to);
}
// As change_rounding().
HWY_INLINE void store_hashed(V numbers, math::Bf16* to, std::uint32_t seed, std::size_t column) {
  auto x = hn::Iota(Words(), seed + static_cast<std::uint32_t>(column));
  x = hn::Mul(x, hn::Set(Words(), 0x9e3779b1U));
  x = hn::Mul(hn::Xor(x, hn::ShiftRight<15>(x)), hn::Set(Words(), 0x85ebca77U));
  x = hn::And(hn::Xor(x, hn::ShiftRight<13>(x)), hn::Set(Words(), 0xffffU));
  const auto rounded = hn::ShiftRight<16>(hn::Add(hn::BitCast(Words(), numbers), x));
  hn::StoreU(hn::TruncateTo(Halves(), rounded), Halves(), reinterpret_cast<std::uint16_t*>(to));
}

template <class Number>
HWY_INLINE void apply_change(const RowUpdate& update, std::size_t length, Number* HWY_RESTRICT now,
                             Number* HWY_RESTRICT base) {
  for (std::size_t i = 0; i < length; i += hn::Lanes(Wide())) {
    const V agreed = load(update.agreed, i);
    store_hashed(hn::Add(load(base + i), agreed), base + i, update.seed, i);
    if (update.replace) {
      store_hashed(load(base + i), now + i, 0, i);
    } else {
      const V more = update.own.numbers == nullptr ? agreed : hn::Sub(agreed, load(update.own, i));
      store_hashed(hn::Add(load(now + i), more), now + i, ~update.seed, i);
    }
  }
}

float take_f32(const float* now, const float* base, std::size_t length, std::int8_t* to) {
  return quantise(now, base, length, to);
}
float take_bf16(const math::Bf16* now, const math::Bf16* base, std::size_t length, std::int8_t* to) {
  return quantise(now, base, length, to);
}
float pack(const float* numbers, std::size_t length, std::int8_t* to) {
  return quantise<float>(numbers, nullptr, length, to);
}
void add(const Change& change, std::size_t length, float* sum) {
  add_change(change, length, sum);
}
void apply_f32(const RowUpdate& update, std::size_t length, float* now, float* base) {
  apply_change(update, length, now, base);
}
void apply_bf16(const RowUpdate& update, std::size_t length, math::Bf16* now, math::Bf16* base) {
  apply_change(update, length, now, base);
}

}  // namespace segue::train::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

namespace segue::train {

StepKernel kernels_for(math::Target<HWY_TARGET> target) {
  return {.name = target.name,
          .step = HWY_NAMESPACE::step_f32,
          .step_bf16 = HWY_NAMESPACE::step_bf16,
          .dots = HWY_NAMESPACE::dots_f32,
          .dots_bf16 = HWY_NAMESPACE::dots_bf16,
          .finish = HWY_NAMESPACE::finish_f32,
          .finish_bf16 = HWY_NAMESPACE::finish_bf16};
}

ChangeKernel change_kernels_for(math::Target<HWY_TARGET> target) {
  return {.name = target.name,
          .take = HWY_NAMESPACE::take_f32,
          .take_bf16 = HWY_NAMESPACE::take_bf16,
          .pack = HWY_NAMESPACE::pack,
          .add = HWY_NAMESPACE::add,
          .apply = HWY_NAMESPACE::apply_f32,
          .apply_bf16 = HWY_NAMESPACE::apply_bf16};
}

}  // namespace segue::train
#endif  // HWY_TARGET != HWY_SCALAR

#if HWY_ONCE
namespace segue::train {

const math::KernelList<StepKernel>& all_step_kernels() {
  static const math::KernelList<StepKernel> list([](auto target) { return kernels_for(target); });
  return list;
}

const math::KernelList<ChangeKernel>& all_change_kernels() {
  static const math::KernelList<ChangeKernel> list([](auto target) { return change_kernels_for(target); });
  return list;
}

}  // namespace segue::train
#endif  // HWY_ONCE
