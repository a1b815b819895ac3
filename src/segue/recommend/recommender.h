// What to play for someone who played these songs.
//
// The songs nearest to the user vector that were not played, by cosine. Other sources of candidates and a later
// reordering belong behind recommend(): who calls it sees ranked songs with a score and their reasons.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "segue/model/model.h"
#include "segue/recommend/options.h"

namespace segue {

// Why a song was picked, told by the played song it is nearest to.
struct Explanation {
  std::uint32_t seed = 0;            // row of the played song
  float similarity = 0;              // cosine of the two songs
  std::uint32_t plays_together = 0;  // pairs of plays of the two within the training window
  float played_after = 0;            // transition weight, 1/distance a pair, of the pick played after the seed
  float played_before = 0;           // and before it
};

struct Recommendation {
  std::uint32_t song = 0;
  float score = 0;                         // cosine to the user vector; what the list is sorted by
  std::optional<Explanation> explanation;  // where asked for
};

// Views a model that outlives it. Thread safe.
class Recommender {
 public:
  explicit Recommender(const Model& model);

  // `played`: rows in the order they were played, the newest last. Best first, ties by row; none of `played`, no song
  // twice, options.k songs where there are so many. Throws bad_input as user_vector() does.
  std::vector<Recommendation> recommend(std::span<const std::uint32_t> played, const RecommendOptions& options) const;

  // The songs nearest to one song, without it: the same with cosine to that song. Throws bad_input for a song whose
  // vector is zero.
  std::vector<Recommendation> similar(std::uint32_t song, const SimilarOptions& options) const;

 private:
  const Model& model_;
};

}  // namespace segue
