// The user vector: the weighted mean of the unit vectors of the songs a user played.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "segue/model/model.h"
#include "segue/recommend/seeds.h"

namespace segue::recommend {

// The weight of a play followed by `age` others: it halves with every half_life > 0 plays; 0 gives all the same weight.
double recency_weight(std::size_t age, double half_life);

// `songs` are rows in the order they were played, the newest last; a song may occur more than once. With a half-life
// of h > 0 songs, a song counts half as much as one played h songs later; 0 counts all the same. Unit vectors are used
// because only the direction matters: the length of a song vector mostly reflects how often the song is played.
//
// Returns a unit vector of model.vectors().columns numbers. Throws bad_input if there is no direction: no songs, none
// with a vector, or vectors that cancel out. REQUIRES: each row < model.songs().size(), half_life >= 0.
std::vector<float> user_vector(const model::Model& model, std::span<const data::SongRow> songs, double half_life);
// The same, but zeros if there is no direction.
std::vector<float> mean_direction(const model::Model& model, std::span<const data::SongRow> songs, double half_life);

// The same of songs that count by their weights.
std::vector<float> user_vector(const model::Model& model, std::span<const WeightedSong> songs);
std::vector<float> mean_direction(const model::Model& model, std::span<const WeightedSong> songs);

}  // namespace segue::recommend
