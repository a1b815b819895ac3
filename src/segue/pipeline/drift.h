// How far song vectors moved from one model to another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "segue/base/json_fwd.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/math/matrix.h"
#include "segue/math/rotation.h"

namespace segue::pipeline {

inline constexpr std::uint32_t kNotBefore = std::numeric_limits<std::uint32_t>::max();

// The row in `then` of each song of `now`, by id; kNotBefore for a song that is new.
std::vector<std::uint32_t> old_rows_of(const data::Catalogue& now, const data::Catalogue& then);

// In all of these, old_rows[i] is the row in `then` of row i of `now`; rows beyond `then`, such as kNotBefore, and rows
// of zeros are left out. Both matrices have the same number of columns.

// The cosine of a row of `now` with its old self.
struct RowCosine {
  std::uint32_t row = 0;
  float cosine = 0;
};

// Ascending by row. `turn`: of `now`, first.
std::vector<RowCosine> cosines_with(math::MatrixView<const float> now, math::MatrixView<const float> then,
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
Drift drift_of(std::span<const RowCosine> cosines);
// {"songs", "mean", "p01", "p10", "median"}
json::object to_json(const Drift& drift);

}  // namespace segue::pipeline
