// Unit vectors in a byte a number: a quarter of the memory of floats, and the sums of their products are exact.
//
// Every vector has a scale of its own, so that its largest number is +-127: the error of a number is at most 1/254 of
// the largest one. Good enough to tell which few rows are worth a product of floats; not to tell the nearest.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "segue/math/kernels.h"

namespace segue {

constexpr std::size_t coded_length(std::size_t columns) {
  return (columns + kCodesPerBlock - 1) / kCodesPerBlock * kCodesPerBlock;
}

// numbers[i] * factor is about codes[i] * the scale returned; codes has coded_length(numbers.size()) bytes, those added
// are 0. REQUIRES: finite numbers.
inline float encode(std::span<const float> numbers, float factor, std::int8_t* codes) {
  float largest = 0;
  for (const float number : numbers) largest = std::max(largest, std::abs(number));
  const float up = largest > 0 ? 127 / largest : 0;
  std::size_t i = 0;
  for (; i < numbers.size(); ++i) codes[i] = static_cast<std::int8_t>(std::lrint(numbers[i] * up));
  for (; i < coded_length(numbers.size()); ++i) codes[i] = 0;
  return largest * factor / 127;
}

}  // namespace segue
