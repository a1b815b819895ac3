// The songs most similar to each song by the queues that have both: the basis of item-based nearest neighbours.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "segue/evaluate/ingredients.h"
#include "segue/math/top_k.h"

namespace segue::evaluate {

// Of each song, the most similar first.
using ItemNeighbours = std::vector<std::vector<math::ScoredRow>>;

// The cosine of the sets of queues of two songs, |both| / (sqrt(|one| |other|) + shrink): `shrink` penalises songs that
// share few queues, perhaps by chance. A queue counts queue_weights[queue], > 0, and 1 if there are none.
ItemNeighbours find_item_neighbours(Ingredients& ingredients, std::string_view method,
                                    std::span<const float> queue_weights, float shrink);

}  // namespace segue::evaluate
