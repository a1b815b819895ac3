// How far song vectors moved from one model to another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "segue/base/json_fwd.h"
#include "segue/math/matrix.h"
#include "segue/math/rotation.h"

namespace segue::pipeline {

inline constexpr std::uint32_t kNotBefore = std::numeric_limits<std::uint32_t>::max();

// In all of these, old_rows[i] is the row in `then` of row i of `now`; rows beyond `then`, such as kNotBefore, and rows
// of zeros are left out. Both matrices have the same number of columns.

// Cosines of rows with their old selves, those of `now` turned first.
std::vector<float> cosines_with(math::MatrixView<const float> now, math::MatrixView<const float> then,
                                std::span<const std::uint32_t> old_rows, const math::Rotation* turn = nullptr);

// Brings the directions of `now` as close as possible to those of `then`: all rows count the same.
math::Rotation rotation_onto(math::MatrixView<const float> now, math::MatrixView<const float> then,
                             std::span<const std::uint32_t> old_rows);

// The distribution of such cosines.
struct Drift {
  std::size_t songs = 0;
  double mean = 0;
  double lowest_percent = 0;  // the quantile .01
  double lowest_tenth = 0;    // the quantile .1
  double median = 0;
};
Drift drift_of(std::vector<float> cosines);
// {"songs", "mean", "p01", "p10", "median"}
json::object to_json(const Drift& drift);

}  // namespace segue::pipeline
