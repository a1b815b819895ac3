// How growing lists search for songs near a direction, with any index.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "segue/math/top_k.h"

namespace segue::recommend {

// The k songs with the largest cosine to `query`, a unit vector, best first; a few may be missing.
using FindNear = std::function<std::vector<math::ScoredRow>(std::span<const float> query, std::size_t k)>;

}  // namespace segue::recommend
