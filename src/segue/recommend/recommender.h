// What to play for someone who played these songs.
//
//   find      songs that fit, best first: by the blend of vectors and transitions (blend_terms.h), or by one of the two
//   alone merge     if the history has several tastes (interests.h), each finds its own songs rerank    from songs that
//   fit to a list that is good to listen to (rerank.h) explain   the played songs that each pick is based on
//   (explain.h)
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "segue/base/work_budget.h"
#include "segue/index/row_set.h"
#include "segue/model/model.h"
#include "segue/recommend/blend_query.h"
#include "segue/recommend/explain.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/options.h"
#include "segue/recommend/rerank_options.h"
#include "segue/recommend/seeds.h"

namespace segue::recommend {

// In mode rediscover, a song has to have rested for so many plays.
inline constexpr std::size_t kRestedPlays = 50;

// Whom to recommend to. All rows of the model; `keeps` may be nullptr.
struct Listener {
  std::span<const data::SongRow> played;         // in order, the newest last; a song may occur more than once
  std::span<const data::SongRow> disliked = {};  // never returned, and songs much like them rank lower
  std::span<const data::SongRow> excluded = {};  // never returned
  const index::RowSet* keeps = nullptr;          // only these are returned
  WorkBudget* budget = nullptr;                  // nullptr: no limit; else bad_input is thrown where it ends
  // Everything they ever played, `played` at its end; nullptr: nothing before `played`. In mode discover none of it is
  // returned.
  const plays::Past* past = nullptr;
  // What to go by instead of `played`, which is empty then: weights and repeats as merged() takes them. They are no
  // listens: the list does not follow their artists, and the half-lives have no say. Mode discover returns none of
  // them.
  std::span<const WeightedSong> seeds = {};
  // What the list has already, in order: what is returned goes on from there, and has none of it.
  std::span<const data::SongRow> before = {};
};

struct Recommendation {
  data::SongRow song = 0;
  float score = 0;                 // of the blend, or a cosine, as RecommendOptions::by says
  float similarity = 0;            // cosine to the user vector
  bool is_new = false;             // it came after training
  std::optional<Reasons> reasons;  // with RecommendOptions::explain
};

struct Recommendations {
  std::vector<Recommendation> items;
  std::vector<Interest> interests;  // the tastes of `played`; empty if one list was requested for all of it
};

// Views a model that outlives it. Thread safe.
class Recommender {
 public:
  // `trend`: instead of the model's own; nullptr for that one.
  explicit Recommender(const model::Model& model, const plays::Trend* trend = nullptr);
  Recommender(const Recommender&) = delete;
  Recommender& operator=(const Recommender&) = delete;

  // The options.k songs that fit best, best first, ties by row; none of played, disliked, excluded, no song twice.
  // Fewer if there are no more, which is soon the case by transitions alone. Throws bad_input as user_vector() does.
  Recommendations recommend(const Listener& listener, const RecommendOptions& options) const;

  // A list of them in the order to be played, under the rules of `list`. `interests`: at most this many tastes;
  // kAutoInterests for as many as stand apart; 1 for one list for all that was played.
  Recommendations recommend(const Listener& listener, const RecommendOptions& options, const RerankOptions& list,
                            std::uint32_t interests) const;

 private:
  struct Heard;
  struct Search;
  struct Query;

  Query query_of(const Search& search, const Heard& heard) const;
  std::vector<math::ScoredRow> find(const Search& search, const Query& query, std::size_t count) const;
  std::vector<Reasons> explained(const Query& query, const Heard& heard, double half_life,
                                 std::span<const data::SongRow> picks) const;
  std::vector<math::ScoredRow> find_returning(const Search& search, const Query& query, std::size_t count) const;

  const model::Model& model_;
  BlendSources sources_;
};

// What a listener played, for Listener::past.
plays::Past past_of(const data::Catalogue& songs, std::span<const data::SongRow> played);

// The songs of a model for the blend. Views the model.
BlendSources blend_sources(const model::Model& model);

}  // namespace segue::recommend
