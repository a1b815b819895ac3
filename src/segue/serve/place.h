// Where on the map a vector lies that is no song's: a user's mean, a taste.
#pragma once

#include <optional>
#include <span>

#include "segue/map/layout.h"
#include "segue/model/model.h"

namespace segue {

// Where most of the songs nearest to `vector` are, see place_by_neighbours(). nullopt where the model has no map.
std::optional<Point> place_of_vector(const Model& model, std::span<const float> vector);

}  // namespace segue
