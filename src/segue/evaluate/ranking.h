// Asks a model every position, on all threads, and keeps what is needed to measure it.
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

// What is asked of every model. Views what it is made of.
struct Questions {
  const data::Dataset& dataset;
  const Split& split;
  std::uint32_t heard;
  std::span<const Position> positions;
  std::span<const std::uint32_t> artists;      // of songs of the catalogue, 0 where unknown
  math::MatrixView<const float> unit_vectors;  // of songs, to tell diversity; no rows without vectors
  std::span<const std::uint32_t> shown;        // positions whose lists are kept, ascending
};

struct Answers {
  std::vector<Outcome> outcomes;  // of each position
  std::array<ListStatistics, kAllModes.size()> lists;
  std::vector<std::vector<std::uint32_t>> shown;  // the first kShownSongs of each list to be shown
};

inline constexpr std::size_t kShownSongs = 5;

// The result does not depend on `threads`. Throws interrupted.
Answers ask(const NextSongModel& model, const Questions& questions, std::size_t threads, Progress& progress,
            const std::stop_token& stop);

}  // namespace segue::evaluate
