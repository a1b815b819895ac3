// Principal components of the vectors, from which t-SNE starts: the start determines the global structure (Kobak,
// Berens 2019).
#pragma once

#include <cstddef>

#include "segue/layout/layout.h"
#include "segue/math/matrix.h"

namespace segue::layout {

// The standard deviation of the first component: small, so that points can still pass each other.
inline constexpr double kStartDeviation = 1e-4;

// The first two principal components of the rows, the first with a standard deviation of kStartDeviation, the second in
// proportion, from the covariance of at most 131,072 evenly spaced rows. Components whose largest weight is negative
// are flipped, so that the signs are determined. The result does not depend on `threads` (0: all cores). If all rows
// are the same, all points are 0.
Layout principal_components(math::MatrixView<const float> vectors, std::size_t threads = 0);

// Moves the mean to 0 and scales both coordinates equally, so that the larger of their standard deviations is
// `deviation`. If all points are the same, they end at 0.
void rescale(Layout& points, double deviation = kStartDeviation);

}  // namespace segue::layout
