// Orders points so that neighbours on the map are close together in memory (Morton 1966).
#pragma once

#include <cstdint>
#include <vector>

#include "segue/layout/affinities.h"
#include "segue/layout/layout.h"
#include "segue/layout/team.h"

namespace segue::layout {

// The points along a curve that runs through each quarter of the map, each quarter of those, and so on, 65,536 cells
// across. Points in one cell keep their order. Deterministic.
std::vector<std::uint32_t> morton_order(const Layout& points);

// The affinities of the same songs in another order: row i is the old row order[i]. Columns are renumbered and no
// longer ascending. REQUIRES: `order` has every row once.
Affinities reordered(const Affinities& affinities, const std::vector<std::uint32_t>& order, Team& team);

}  // namespace segue::layout
