// Where on the map a vector lies that is no song's: a user's mean, a taste.
#pragma once

#include <optional>
#include <span>

#include "segue/layout/layout.h"
#include "segue/model/model.h"

namespace segue::serve {

// Where most of the songs nearest to `vector` are, see place_by_neighbours(). nullopt where the model has no map.
std::optional<layout::Point> place_of_vector(const model::Model& model, std::span<const float> vector);

}  // namespace segue::serve
