// Changes of rows on their way between ranks (row_exchange.h): 8-bit numbers times a power of two for each row.
//
// The scale is the smallest power of two with which the largest number of the row fits, so that multiplying by it is
// exact, every target rounds alike, and ranks on different machines come to the same bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "segue/math/bf16.h"
#include "segue/math/kernel_list.h"

namespace segue::train {

struct Change {
  const std::int8_t* numbers = nullptr;
  float scale = 0;
};

// What an exchange does to a row: base += agreed, and now = base if `replace`, or now += agreed - own.
struct RowUpdate {
  Change agreed;
  Change own{};  // null: there was none
  bool replace = false;
  std::uint32_t seed = 0;  // of the rounding to Bf16; the same at all ranks
};

// One implementation; all give the same bytes. Rows have `length` numbers, a multiple of 16.
struct ChangeKernel {
  template <class Number>
  using Take = float (*)(const Number* now, const Number* base, std::size_t length, std::int8_t* to);
  template <class Number>
  using Apply = void (*)(const RowUpdate& update, std::size_t length, Number* now, Number* base);

  std::string_view name;  // of its SimdTarget
  // Writes now - base, and returns the scale: NaN if a number is not finite.
  Take<float> take;
  Take<math::Bf16> take_bf16;
  // The same of the numbers themselves.
  float (*pack)(const float* numbers, std::size_t length, std::int8_t* to);
  // sum += change.
  void (*add)(const Change& change, std::size_t length, float* sum);
  Apply<float> apply;
  Apply<math::Bf16> apply_bf16;

  template <class Number>
  Take<Number> take_for() const {
    if constexpr (sizeof(Number) == sizeof(math::Bf16)) {
      return take_bf16;
    } else {
      return take;
    }
  }
  template <class Number>
  Apply<Number> apply_for() const {
    if constexpr (sizeof(Number) == sizeof(math::Bf16)) {
      return apply_bf16;
    } else {
      return apply;
    }
  }
};

ChangeKernel change_kernels_for(math::ScalarTarget target);  // scalar.cpp

const math::KernelList<ChangeKernel>& all_change_kernels();

// The scale for numbers of which the largest has the bits `largest`, without its sign.
inline float change_scale(std::uint32_t largest) {
  constexpr std::uint32_t kLeast = 27;       // exponents below would have no inverse
  constexpr std::uint32_t kInfinite = 0xff;  // or NaN
  const std::uint32_t exponent = largest >> 23;
  if (exponent == kInfinite) return std::bit_cast<float>(0x7fc00000U);
  return std::bit_cast<float>(((exponent < kLeast ? kLeast : exponent) - 6) << 23);
}

// Uniform bits for the number at `column`.
inline std::uint32_t change_rounding(std::uint32_t seed, std::uint32_t column) {
  std::uint32_t x = (seed + column) * 0x9e3779b1U;
  x = (x ^ (x >> 15)) * 0x85ebca77U;
  return x ^ (x >> 13);
}

}  // namespace segue::train
