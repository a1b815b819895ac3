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
#include "segue/recommend/blend_query.h"
#include "segue/recommend/blend_terms.h"
#include "segue/recommend/seeds.h"

namespace segue::recommend {

// One played song as a reason for a pick.
struct SeedShare {
  data::SongRow song = 0;
  float share = 0;       // of what lifts the score: the shares of all seeds add up to 1, or less where the blend lifts
                         // the pick for other reasons too
  float similarity = 0;  // cosine of seed and pick
};

// How often a seed and the pick were played close together.
struct PlayedWith {
  data::SongRow song = 0;   // the seed
  std::uint32_t times = 0;  // pairs of plays at most `within` songs apart
  float after = 0;          // transition weight, 1/distance a pair, of the pick played after the seed
  float before = 0;         // and before it
};

// What lifts the score of a pick.
struct KindShare {
  ReasonKind kind = ReasonKind::none;
  float share = 0;                    // of all that lifts it
  std::optional<data::SongRow> song;  // the played song it is about, if it is about one
};

struct Reasons {
  std::vector<KindShare> kinds;           // the largest share first
  std::vector<SeedShare> seeds;           // the largest share first; empty if no seed speaks for the pick
  std::optional<PlayedWith> together;     // with the seed of the most pairs; by the blend, of the largest share
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

// Replaces what reasons_for() says of likeness by what the blend made of the songs: the kinds and the seeds are the
// terms of the score that ranked the pick (BlendQuery::parts). `last`: the newest song played; nothing for seeds.
void explain_by_blend(Reasons& reasons, const model::Model& model, data::SongRow pick, const ScoreParts& parts,
                      std::optional<data::SongRow> last, std::size_t most = 3);

// A reason in a few words: "25 × near Roads", "like Roads", "near your mean", "by the same artist". `title` returns the
// title of a song.
std::string short_text_of(const KindShare& kind, const Reasons& reasons,
                          const std::function<std::string(data::SongRow row)>& title);

// "Because of Björk – Jóga (62 %) and Portishead – Roads (31 %); played within 5 songs of Portishead – Roads 41 times,
// mostly after it; for the taste around Massive Attack – Teardrop." `name` returns how a song is displayed.
std::string sentence_of(const Reasons& reasons, const std::function<std::string(data::SongRow row)>& name);

}  // namespace segue::recommend
