// The place on the map of a vector that is not a song's: a user's mean, a taste.
#pragma once

#include <optional>
#include <span>

#include "segue/layout/layout.h"
#include "segue/model/model.h"

namespace segue::serve {

// The place where most of the songs nearest to `vector` are, see place_by_neighbours(). nullopt if the model has no
// map.
std::optional<layout::Point> place_of_vector(const model::Model& model, std::span<const float> vector);

}  // namespace segue::serve
