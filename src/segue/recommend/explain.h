// Why a song was picked, as numbers and as a sentence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "segue/model/model.h"
#include "segue/recommend/seeds.h"

namespace segue::recommend {

// One played song as a reason for a pick.
struct SeedShare {
  data::SongRow song = 0;
  float share = 0;       // of the score: the shares of all seeds that speak for the pick add up to 1
  float similarity = 0;  // cosine of seed and pick
};

// How often a seed and the pick were played close together.
struct PlayedWith {
  data::SongRow song = 0;   // the seed
  std::uint32_t times = 0;  // pairs of plays at most `within` songs apart
  float after = 0;          // transition weight, 1/distance a pair, of the pick played after the seed
  float before = 0;         // and before it
};

struct Reasons {
  std::vector<SeedShare> seeds;           // the largest share first; empty if no seed speaks for the pick
  std::optional<PlayedWith> together;     // with the seed of the most pairs, if there are any
  std::uint32_t within = 0;               // the window of the transitions
  std::optional<data::SongRow> interest;  // the medoid of the interest it serves, if there are several
};

// The reasons for each pick. The user vector is the weighted sum of the seeds' unit vectors, so its product with the
// pick's falls into one part for each seed: share = weight x cosine if that is above 0, over the sum of these. `played`
// and half_life as in user_vector(); a seed played several times is one reason. At most `most` seeds for each pick.
// REQUIRES: rows of the model.
std::vector<Reasons> reasons_for(const model::Model& model, std::span<const data::SongRow> played, double half_life,
                                 std::span<const data::SongRow> picks, std::size_t most = 3);
// The same of seeds that count by their weights, each of them once.
std::vector<Reasons> reasons_for(const model::Model& model, std::span<const WeightedSong> seeds,
                                 std::span<const data::SongRow> picks, std::size_t most = 3);

// "Because of Björk – Jóga (62 %) and Portishead – Roads (31 %); played within 5 songs of Portishead – Roads 41 times,
// mostly after it; for the taste around Massive Attack – Teardrop." `name` returns how a song is displayed.
std::string sentence_of(const Reasons& reasons, const std::function<std::string(data::SongRow row)>& name);

}  // namespace segue::recommend
