// A user as a vector among the songs: the weighted mean of the unit vectors of what they played.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "segue/model/model.h"

namespace segue::recommend {

// What a play counts that `age` plays followed: half as much for every half-life of h > 0 plays; 0 counts all alike.
double recency_weight(std::size_t age, double half_life);

// `songs` are rows in the order they were played, the newest last; a song may be there more than once. With a half-life
// of h > 0 songs, a song counts half as much as the one played h songs later; 0 counts all alike. Unit vectors, so that
// a song counts by its direction: the length of a song vector mostly says how often the song is played.
//
// A unit vector of model.vectors().columns numbers. Throws bad_input where there is no direction: no songs, none with a
// vector, or vectors that cancel out. REQUIRES: each row < model.songs().size(), half_life >= 0.
std::vector<float> user_vector(const model::Model& model, std::span<const data::SongRow> songs, double half_life);

}  // namespace segue::recommend
