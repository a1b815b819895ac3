// Adding songs to an existing map: places new songs among their neighbours without moving others, and aligns the map of
// a new model with the old one so that every song stays roughly where it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "segue/layout/affinities.h"
#include "segue/layout/layout.h"

namespace segue::layout {

// Places songs that are not on the map. `neighbours` has a row for each of them that lists rows of `placed`. Song i
// goes to the minimum of sum_j p(j|i) log(1 + |y - y_j|^2), which lies within the group where most of its neighbours
// are and not between two groups. A song without neighbours goes to the mean of the map. A song's place does not depend
// on the others or on `threads` (0: all cores). Throws bad_input as make_affinities does.
Layout place_by_neighbours(const Layout& placed, const NeighbourView& neighbours, double perplexity,
                           std::size_t threads = 0);

inline constexpr std::uint32_t kNotOnMap = std::numeric_limits<std::uint32_t>::max();

// The start from which fit_tsne ends at a map like `old`, with exaggeration_iterations = 0 and 500 iterations:
// exaggeration or a scaled-down start loses the old places (docs/performance.md). `old_row` has each song's row there,
// or kNotOnMap; those songs start near the songs they have affinities with. REQUIRES: old_row.size() ==
// affinities.size().
Layout start_like(const Affinities& affinities, const Layout& old, std::span<const std::uint32_t> old_row);

struct Alignment {
  Layout points;
  double mean_displacement = 0;  // of the songs on both maps, in units of the old map's root mean square radius
};

// Rotates, mirrors, scales and moves `points` so that the songs on both maps come as close as possible to their old
// places (least squares). Without such songs the points stay as they are and the displacement is 0.
Alignment align_to(Layout points, const Layout& old, std::span<const std::uint32_t> old_row);

}  // namespace segue::layout
