// What to play for someone who played these songs.
//
//   find      songs that fit, best first: by the blend of vectors and transitions (blend.h), or by one side alone
//   merge     where the history has several tastes (interests.h), each finds its own
//   rerank    from songs that fit to a list that is good to listen to (rerank.h)
//   explain   for each song, the played ones it stands on (explain.h)
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "segue/index/row_set.h"
#include "segue/model/model.h"
#include "segue/recommend/blend.h"
#include "segue/recommend/explain.h"
#include "segue/recommend/options.h"
#include "segue/recommend/rerank_options.h"

namespace segue::recommend {

// Who is recommended to. All rows of the model; `keeps` may be nullptr.
struct Listener {
  std::span<const std::uint32_t> played;         // in order, the newest last; a song may be there more than once
  std::span<const std::uint32_t> disliked = {};  // never returned, nor what is much like them
  std::span<const std::uint32_t> excluded = {};  // never returned
  const index::RowSet* keeps = nullptr;          // only these are returned
};

struct Recommendation {
  std::uint32_t song = 0;
  float score = 0;                 // of the blend, or a cosine: by what was asked for
  float similarity = 0;            // cosine to the user vector
  std::optional<Reasons> reasons;  // where asked for
};

// Views a model that outlives it. Thread safe.
class Recommender {
 public:
  explicit Recommender(const model::Model& model);
  Recommender(const Recommender&) = delete;
  Recommender& operator=(const Recommender&) = delete;

  // The options.k songs that fit best, best first, ties by row; none of played, disliked, excluded, no song twice.
  // Fewer where there are fewer, which --by transitions alone reaches soon. Throws bad_input as user_vector() does.
  std::vector<Recommendation> recommend(const Listener& listener, const RecommendOptions& options) const;

  // A list of them, under the rules of `list`, for at most `interests` tastes (kAutoInterests: as many as there are).
  // In the order to be played.
  std::vector<Recommendation> recommend(const Listener& listener, const RecommendOptions& options,
                                        const RerankOptions& list, std::uint32_t interests) const;

 private:
  struct Search;

  std::vector<math::ScoredRow> find(const Search& search, std::span<const std::uint32_t> played,
                                    std::size_t count) const;
  std::vector<math::ScoredRow> find_by_blend(const Search& search, std::span<const std::uint32_t> played,
                                             std::size_t count) const;

  const model::Model& model_;
  const BlendSources sources_;
};

// The songs of a model for the blend. Views the model.
BlendSources blend_sources(const model::Model& model);

}  // namespace segue::recommend
