// Unit vectors with one byte for each number: a quarter of the memory of floats, and exact sums of products.
//
// Every vector has its own scale, so that its largest number is +-127: the error of a number is at most 1/254 of the
// largest one. That is enough to tell which few rows deserve a product in floats, but not which row is nearest.
//
// A query is coded once and multiplied with many rows, so it has two bytes for each number: nearly all of a product's
// error is then the row's.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "segue/math/kernels/kernels.h"

namespace segue::math {

constexpr std::size_t coded_length(std::size_t columns) {
  return (columns + kCodesPerBlock - 1) / kCodesPerBlock * kCodesPerBlock;
}

// numbers[i] * factor is about codes[i] * the scale returned; codes has coded_length(numbers.size()) bytes, and the
// padding is 0. REQUIRES: finite numbers.
inline float encode(std::span<const float> numbers, float factor, std::int8_t* codes) {
  float largest = 0;
  for (const float number : numbers) largest = std::max(largest, std::abs(number));
  const float up = largest > 0 ? 127 / largest : 0;
  std::size_t i = 0;
  for (; i < numbers.size(); ++i) codes[i] = static_cast<std::int8_t>(std::lrint(numbers[i] * up));
  for (; i < coded_length(numbers.size()); ++i) codes[i] = 0;
  return largest * factor / 127;
}

// A query for Kernels::dot_code_rows(). A value.
class CodedQuery {
 public:
  // REQUIRES: finite numbers.
  explicit CodedQuery(std::span<const float> numbers) : codes_(coded_length(numbers.size())) {
    constexpr double kLargestSum = std::numeric_limits<std::int32_t>::max() / 127.0;
    double largest = 0;
    double sum = 0;
    for (const float number : numbers) {
      largest = std::max(largest, std::abs(static_cast<double>(number)));
      sum += std::abs(static_cast<double>(number));
    }
    if (largest == 0) return;
    // Rounding may add half a code to each.
    const double rounding = static_cast<double>(numbers.size());
    const double up = std::min(std::numeric_limits<std::int16_t>::max() / largest, (kLargestSum - rounding) / sum);
    double square = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      codes_[i] = static_cast<std::int16_t>(std::lrint(numbers[i] * up));
      const double off = numbers[i] - codes_[i] / up;
      square += off * off;
    }
    scale_ = static_cast<float>(1 / up);
    error_ = static_cast<float>(std::sqrt(square));
  }

  const std::int16_t* codes() const { return codes_.data(); }
  std::size_t size() const { return codes_.size(); }  // coded_length() of the numbers
  float scale() const { return scale_; }              // number i is about codes()[i] * scale()
  float error() const { return error_; }              // the length of the difference to the codes

 private:
  std::vector<std::int16_t> codes_;
  float scale_ = 0;
  float error_ = 0;
};

}  // namespace segue::math
