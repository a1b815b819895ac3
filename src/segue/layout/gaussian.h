// The sums that the search for a perplexity takes again and again.
#pragma once

#include <cstddef>

namespace segue::layout {

struct GaussianSums {
  double weights = 0;    // sum of w_j = exp(-b d_j)
  double distances = 0;  // sum of w_j d_j
  double squares = 0;    // sum of w_j d_j^2
};

// In double, by the widest registers this machine has.
GaussianSums gaussian_sums(const double* distances, std::size_t count, double b);

// out[j] = scale exp(-b d_j)
void gaussian_weights(const double* distances, std::size_t count, double b, double scale, float* out);

}  // namespace segue::layout
