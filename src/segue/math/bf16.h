// bfloat16: the upper half of a float, with its range and 8 bits of its precision (3 decimal digits).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace segue::math {

enum class Bf16 : std::uint16_t {};

// Exact.
constexpr float to_float(Bf16 number) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(number) << 16);
}

inline void widen(std::span<const Bf16> numbers, float* to) {
  for (std::size_t i = 0; i < numbers.size(); ++i) to[i] = to_float(numbers[i]);
}

// One of the two neighbours of a finite `number`, each with a probability in proportion to its nearness: the mean over
// all `random` (of which the lower 16 bits count) is the number itself. Sums of many small updates come out right,
// where rounding to the nearest would lose each of them.
constexpr Bf16 round_stochastically(float number, std::uint32_t random) {
  return static_cast<Bf16>((std::bit_cast<std::uint32_t>(number) + (random & 0xffffU)) >> 16);
}

}  // namespace segue::math
