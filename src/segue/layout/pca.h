// The flattest picture of the vectors, to start t-SNE from: global structure is settled by where points start
// (Kobak, Berens 2019).
#pragma once

#include <cstddef>

#include "segue/layout/layout.h"
#include "segue/math/matrix.h"

namespace segue::layout {

// What the first component's standard deviation is scaled to: small, so that the points can still pass each other.
inline constexpr double kStartDeviation = 1e-4;

// The first two principal components of the rows, the first with a standard deviation of kStartDeviation, the second in
// proportion. Found from the covariance of at most 131,072 rows, evenly spaced. Components whose largest weight is
// negative are turned round, so that the result is one of four no more. It does not depend on `threads` (0: all cores).
// All points are 0 where the rows are all the same.
Layout principal_components(math::MatrixView<const float> vectors, std::size_t threads = 0);

// Moves the mean to 0 and scales both coordinates alike, so that the larger of their two standard deviations is
// `deviation`. Points that are all the same end at 0.
void rescale(Layout& points, double deviation = kStartDeviation);

}  // namespace segue::layout
