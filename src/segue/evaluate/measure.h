// Runs a method at every position, on all threads, and keeps what its scores are computed from.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "segue/base/progress.h"
#include "segue/evaluate/list_statistics.h"
#include "segue/evaluate/positions.h"
#include "segue/math/matrix.h"

namespace segue::evaluate {

// The same for every method. Views its members.
struct MeasurementInput {
  const data::Dataset& dataset;
  const Split& split;
  const Knowledge& knowledge;
  std::uint32_t heard;
  std::span<const Position> positions;
  std::span<const std::uint32_t> artists;      // of each song of the catalogue, 0: unknown
  math::MatrixView<const float> unit_vectors;  // of each song, for diversity; no rows without vectors
  std::span<const std::uint32_t> shown;        // positions whose lists are kept, ascending
};

struct Measurements {
  std::vector<Outcome> outcomes;  // of each position
  std::array<ListStatistics, kAllModes.size()> lists;
  std::vector<std::vector<std::uint32_t>> shown;  // the first kShownSongs of each list that is kept
};

inline constexpr std::size_t kShownSongs = 5;

// The result does not depend on `threads`. Throws interrupted.
Measurements measure(const Method& method, const MeasurementInput& input, std::size_t threads, Progress& progress,
                     const std::stop_token& stop);

}  // namespace segue::evaluate
