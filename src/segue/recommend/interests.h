// The several tastes of one listener.
//
// A listener who plays Fairuz in the morning and metal at night likes nothing that lies halfway between the two, where
// the mean of the history is. So the songs of a history are clustered (k-medoids on cosine, k_medoids.h); each cluster,
// an interest, searches for its own songs, and the lists are merged by weight. After PinnerSage (Pal et al. 2020,
// arXiv:2007.03634), which clusters by Ward's method and likewise keeps a medoid and an importance for each cluster.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"
#include "segue/math/top_k.h"
#include "segue/model/model.h"
#include "segue/recommend/seeds.h"

namespace segue::recommend {

struct InterestOptions {
  std::string interests = "auto";
};

}  // namespace segue::recommend

namespace segue {

template <>
struct OptionsOf<recommend::InterestOptions> {
  static constexpr std::string_view section = "recommend";
  static constexpr std::array rows = {
      option<&recommend::InterestOptions::interests>(
          "interests", "Tastes to find in what was played: a number, or auto for as many as stand apart"),
  };
};
SEGUE_CHECK_OPTIONS(recommend::InterestOptions);

}  // namespace segue

namespace segue::recommend {

inline constexpr std::uint32_t kMostInterests = 100;
inline constexpr std::uint32_t kAutoInterests = 0;

// 0 for auto. Throws wrong_use for anything but auto or a number from 1 to kMostInterests.
std::uint32_t interests_wanted(const InterestOptions& options);

struct Interest {
  data::SongRow medoid = 0;          // the song in the middle
  float weight = 0;                  // share of the history by recency; the weights of all interests add up to 1
  std::vector<data::SongRow> songs;  // distinct, the heaviest first
  std::vector<data::SongRow> plays;  // the part of the history that belongs to it, in order: for user_vector()
};

// `played` in order, the newest last, repeats counting; half_life as in user_vector(). `wanted`: the most interests to
// find; kAutoInterests for the number from 2 to 8 with the best mean silhouette, or 1 if that is below 0.25 ("no
// substantial structure", Kaufman & Rousseeuw 1990) or there are fewer than 4 songs. The heaviest interest first. Only
// the 1,000 heaviest songs of a long history are clustered; the others join the nearest medoid. Songs without a vector
// belong to no interest. About 0.1 s for 1,000 songs. Throws bad_input if no song has a vector.
std::vector<Interest> find_interests(const model::Model& model, std::span<const data::SongRow> played, double half_life,
                                     std::uint32_t wanted);
// The same of seeds that count by their weights, each of them once; `plays` of an interest are its seeds.
std::vector<Interest> find_interests(const model::Model& model, std::span<const WeightedSong> seeds,
                                     std::uint32_t wanted);

struct MergedSong {
  data::SongRow song = 0;
  float score = 0;             // in the list it came from
  std::uint32_t interest = 0;  // the interest of that list
};

// Merges one list (best first) for each interest. Every place goes to the interest that is furthest behind its share,
// which adds its best song not yet taken, so that of the first n songs interest i serves n * weights[i] give or take
// one, until its list ends. A song in several lists serves the interest whose turn came first.
// REQUIRES: as many lists as weights, weights > 0.
std::vector<MergedSong> merge_interests(std::span<const std::vector<math::ScoredRow>> lists,
                                        std::span<const float> weights, std::size_t k);

// A merged list as a pool for rerank(), which goes by scores: the place in the list becomes the score, from 1 down to
// 0, so that no interest wins because its songs happen to lie closer together.
std::vector<math::ScoredRow> pool_by_place(std::span<const MergedSong> merged);

}  // namespace segue::recommend
