// Songs that come to a map that is there: placed among their neighbours without moving any other, or carried over to
// the map of a new model so that every song stays about where people knew it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "segue/layout/affinities.h"
#include "segue/layout/layout.h"

namespace segue::layout {

// Places songs that are not on the map. `neighbours` has a row for each of them, which names rows of `placed`. Song i
// goes where it is attracted least, the minimum of sum_j p(j|i) log(1 + |y - y_j|^2), which lies within the group where
// most of its neighbours are and not between two groups. One without neighbours goes to the mean of the map.
// A song's place does not depend on the others or on `threads` (0: all cores). Throws bad_input as make_affinities.
Layout place_by_neighbours(const Layout& placed, const NeighbourView& neighbours, double perplexity,
                           std::size_t threads = 0);

inline constexpr std::uint32_t kNotOnMap = std::numeric_limits<std::uint32_t>::max();

// Where fit_tsne starts to end at a map like `old`, with exaggeration_iterations = 0 and 500 iterations: songs that are
// exaggerated first, or whose old places are scaled down, forget where they were (docs/performance.md). `old_row` has
// for each song its row there, or kNotOnMap; those songs start where those that they have affinities with are.
// REQUIRES: old_row.size() == affinities.size().
Layout start_like(const Affinities& affinities, const Layout& old, std::span<const std::uint32_t> old_row);

struct Alignment {
  Layout points;
  double mean_displacement = 0;  // of the songs on both maps, in units of the old map's root mean square radius
};

// Turns, mirrors, scales and moves `points` so that the songs on both maps come as near as can be to where they were
// (least squares). Without such songs the points stay as they are and nothing is displaced.
Alignment align_to(Layout points, const Layout& old, std::span<const std::uint32_t> old_row);

}  // namespace segue::layout
