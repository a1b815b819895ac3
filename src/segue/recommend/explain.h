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

namespace segue::recommend {

// One played song as a reason for a pick.
struct SeedShare {
  std::uint32_t seed = 0;
  float share = 0;       // of the score: those of all seeds that speak for the pick add up to 1
  float similarity = 0;  // cosine of seed and pick
};

// How often a seed and a pick were played close together.
struct PlayedTogether {
  std::uint32_t seed = 0;
  std::uint32_t times = 0;  // pairs of plays at most `within` songs apart
  float after = 0;          // transition weight, 1/distance a pair, of the pick played after the seed
  float before = 0;         // and before it
};

struct Reasons {
  std::vector<SeedShare> seeds;            // the largest share first; empty where no seed speaks for the pick
  std::optional<PlayedTogether> together;  // with the seed of the most pairs, where there are any
  std::uint32_t within = 0;                // the window of the transitions
  std::optional<std::uint32_t> interest;   // the medoid of the interest it serves, where there are several
};

// The user vector is the weighted sum of the seeds' unit vectors, so its product with the pick's falls into one part
// for each seed: share = weight x cosine where that is above 0, over the sum of these. `played` and half_life as in
// user_vector(); a seed played several times is one reason. At most `most` seeds. REQUIRES: rows of the model.
Reasons reasons_for(const model::Model& model, std::span<const std::uint32_t> played, double half_life,
                    std::uint32_t pick, std::size_t most = 3);

// {times, after, before} from the transitions of either song; times 0 where neither list has the other.
PlayedTogether played_together(const model::Model& model, std::uint32_t seed, std::uint32_t pick);

// "Because of Björk – Jóga (62 %) and Portishead – Roads (31 %); played within 5 songs of Portishead – Roads 41 times,
// mostly after it; for the taste around Massive Attack – Teardrop." `name` gives a song as it is to be shown.
std::string sentence_of(const Reasons& reasons, const std::function<std::string(std::uint32_t row)>& name);

}  // namespace segue::recommend
