// The several tastes of one listener.
//
// Who plays Fairuz in the morning and metal at night likes neither what lies between the two: the mean of a history is
// a place where nobody lives. So the songs of a history are clustered (k-medoids on cosine, k_medoids.h), every
// cluster, an interest, looks for songs by itself, and the lists are merged by the weights. After PinnerSage (Pal et
// al. 2020, arXiv:2007.03634), which clusters by Ward's method and likewise keeps a medoid and an importance for each.
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
          "interests", "Tastes to see in what was played: a number, or auto for as many as stand apart"),
  };
};
SEGUE_CHECK_OPTIONS(recommend::InterestOptions);

}  // namespace segue

namespace segue::recommend {

inline constexpr std::uint32_t kMostInterests = 100;
inline constexpr std::uint32_t kAutoInterests = 0;

// 0 for auto. Throws wrong_use for what is neither auto nor a number from 1 to kMostInterests.
std::uint32_t interests_wanted(const InterestOptions& options);

struct Interest {
  std::uint32_t medoid = 0;          // the song in the middle
  float weight = 0;                  // share of the history by recency; those of all interests add up to 1
  std::vector<std::uint32_t> songs;  // distinct, the heaviest first
  std::vector<std::uint32_t> plays;  // the part of the history that belongs to it, in order: for user_vector()
};

// `played` in order, the newest last, repeats counting; half_life as in user_vector(). `wanted`: at most so many
// interests, kAutoInterests for the number from 2 to 8 with the best mean silhouette, or 1 where that is below 0.25
// ("no substantial structure", Kaufman & Rousseeuw 1990) or there are fewer than 4 songs. The heaviest interest first.
// Of a long history the 1,000 heaviest songs are clustered and the others go to the nearest medoid. Songs without a
// vector belong nowhere. About 0.1 s for 1,000 songs. Throws bad_input where no song has a vector.
std::vector<Interest> find_interests(const model::Model& model, std::span<const std::uint32_t> played, double half_life,
                                     std::uint32_t wanted);

struct MergedRow {
  std::uint32_t row = 0;
  float score = 0;             // from the list it came from
  std::uint32_t interest = 0;  // whose list that was
};

// One list out of one for each interest (best first). At every place the interest that is furthest behind its share
// gives its best song that is not there yet, so that of the first n songs interest i serves n * weights[i] give or take
// one, for as long as its list lasts. A song in several lists serves the interest whose turn came first.
// REQUIRES: as many lists as weights, weights > 0.
std::vector<MergedRow> merge_interests(std::span<const std::vector<math::ScoredRow>> lists,
                                       std::span<const float> weights, std::size_t k);

// A merged list as a pool for rerank(), which goes by scores: the place in the list as the score, from 1 down to 0, so
// that no interest wins because its songs happen to lie closer together.
std::vector<math::ScoredRow> pool_by_place(std::span<const MergedRow> merged);

}  // namespace segue::recommend
