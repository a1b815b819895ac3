// The squared distance of two vectors, computed plainly in double precision.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include "segue/index/all_neighbours.h"

namespace segue::testing {

inline double slow_distance(std::span<const float> a, std::span<const float> b, index::Distance distance) {
  double aa = 0, bb = 0, sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
  }
  const double x = distance == index::Distance::cosine && aa > 0 ? 1 / std::sqrt(aa) : 1;
  const double y = distance == index::Distance::cosine && bb > 0 ? 1 / std::sqrt(bb) : 1;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(a[i] * x - b[i] * y, 2);
  return sum;
}

}  // namespace segue::testing
