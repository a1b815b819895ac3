// Points in an order in which neighbours on the map come soon after each other (Morton 1966).
#pragma once

#include <cstdint>
#include <vector>

#include "segue/layout/affinities.h"
#include "segue/layout/layout.h"
#include "segue/layout/team.h"

namespace segue::layout {

// The points along a curve that runs through each quarter of the map, each quarter of those, and so on, 65,536 cells
// across; those of one cell in their order. Deterministic.
std::vector<std::uint32_t> morton_order(const Layout& points);

// The affinities of the same songs in another order: row i is what row order[i] was. Columns are renamed and no longer
// ascending. REQUIRES: `order` holds every row once.
Affinities reordered(const Affinities& affinities, const std::vector<std::uint32_t>& order, Team& team);

}  // namespace segue::layout
