#include "segue/recommend/recommender.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "segue/base/error.h"
#include "segue/math/kernels/kernels.h"
#include "segue/recommend/cosine.h"
#include "segue/recommend/dislike.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/rerank.h"
#include "segue/recommend/user_vector.h"

namespace segue::recommend {

namespace {

std::vector<std::uint32_t> distinct(std::span<const std::uint32_t> rows) {
  std::vector<std::uint32_t> sorted(rows.begin(), rows.end());
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

std::vector<std::uint32_t> joined(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  std::vector<std::uint32_t> rows(a.begin(), a.end());
  rows.insert(rows.end(), b.begin(), b.end());
  return rows;
}

// Transitions, and nothing beside them.
model::BlendWeights transitions_alone(model::BlendWeights weights) {
  weights.blend_last_song = weights.blend_recent_songs = 0;
  weights.blend_last_context = weights.blend_recent_context = 0;
  weights.blend_last_artist = weights.blend_recent_artists = weights.blend_version = 0;
  return weights;
}

model::BlendWeights weights_for(const model::Model& model, const RecommendOptions& options) {
  model::BlendWeights weights = model.blend_weights();
  if (options.by == RecommendBy::transitions) weights = transitions_alone(weights);
  if (options.half_life > 0) {
    weights.blend_transition_half_life = options.half_life;
    weights.blend_vector_half_life = options.half_life;
  }
  return weights;
}

// Of the user vector, and of what a song counts among the reasons.
double half_life_of(const RecommendOptions& options, const model::BlendWeights& weights) {
  return options.half_life > 0 || options.by == RecommendBy::vectors ? options.half_life
                                                                     : weights.blend_vector_half_life;
}

}  // namespace

struct Recommender::Search {
  RecommendOptions options;
  model::BlendWeights weights;
  std::span<const std::uint32_t> disliked;
  std::vector<std::uint32_t> excluded;  // sorted
  const index::RowSet* keeps;

  bool may_return(std::uint32_t row) const {
    return (keeps == nullptr || keeps->contains(row)) && !std::ranges::binary_search(excluded, row);
  }
};

BlendSources blend_sources(const model::Model& model) {
  return {.vectors = model.vectors(),
          .inverse_norms = model.inverse_norms(),
          .context = model.context(),
          .log_plays = &model.log_plays(),
          .transitions = [&model](std::uint32_t song) { return model.transitions(song); },
          .keys = [&model](std::uint32_t song) { return model.songs().keys(song); },
          .prefetch_keys = [&model](std::uint32_t song) { model.songs().prefetch_keys(song); },
          .codes = model.codes()};
}

Recommender::Recommender(const model::Model& model) : model_(model), sources_(blend_sources(model)) {}

std::vector<math::ScoredRow> Recommender::find_by_blend(const Search& search, std::span<const std::uint32_t> played,
                                                        std::size_t count) const {
  const BlendQuery query(sources_, search.weights, played);
  const auto may_return = [&](std::uint32_t row) { return search.may_return(row); };
  std::vector<std::uint32_t> near;
  if (search.options.by == RecommendBy::blend) {
    const std::vector<float> away = away_from(model_, query.recent(), search.disliked);
    near = model_.index().near(away, std::max(count, kBlendByVectors), {search.excluded, search.keeps},
                               search.options.threads);
  }
  const auto likeness = [&](std::uint32_t row) {
    float sum = 0;
    for (const std::uint32_t song : search.disliked) sum += song_cosine(model_, song, row);
    return kDislikeStrength * sum / static_cast<float>(search.disliked.size());
  };
  return query.best(query.candidates(std::max(count, kBlendByTransitions), near, may_return), count,
                    search.disliked.empty() ? BlendQuery::Malus() : BlendQuery::Malus(likeness));
}

std::vector<math::ScoredRow> Recommender::find(const Search& search, std::span<const std::uint32_t> played,
                                               std::size_t count) const {
  if (search.options.by != RecommendBy::vectors) return find_by_blend(search, played, count);
  const std::vector<float> user =
      away_from(model_, user_vector(model_, played, search.options.half_life), search.disliked);
  std::vector<math::ScoredRow> found =
      model_.index().search(user, count, {search.excluded, search.keeps}, {.threads = search.options.threads});
  for (const math::ScoredRow& one : found) model_.songs().prefetch_keys(one.row);  // for the rules of the list
  return found;
}

std::vector<Recommendation> Recommender::recommend(const Listener& listener, const RecommendOptions& options) const {
  static constexpr RerankOptions kPlain{.artist_cap = 0, .artist_gap = 0, .fold_versions = false};
  return recommend(listener, options, kPlain, 1);
}

std::vector<Recommendation> Recommender::recommend(const Listener& listener, const RecommendOptions& options,
                                                   const RerankOptions& list, std::uint32_t interests) const {
  Search search{options, weights_for(model_, options), listener.disliked, {}, listener.keeps};
  // Where songs may come again, the rules of the list say when (rerank.h).
  if (list.mode == ListMode::any) search.weights.blend_version = 0;
  const std::vector<std::uint32_t> barred = joined(listener.disliked, listener.excluded);
  search.excluded = distinct(list.mode == ListMode::discover ? joined(barred, listener.played) : barred);

  const double half_life = half_life_of(options, search.weights);
  std::vector<Interest> tastes;
  if (interests != 1) tastes = find_interests(model_, listener.played, options.half_life, interests);
  std::unordered_map<std::uint32_t, std::uint32_t> served;  // of each song found, its taste
  const auto pool = [&](std::size_t count) {
    if (tastes.size() < 2) return find(search, listener.played, count);
    std::vector<std::vector<math::ScoredRow>> lists;
    std::vector<float> weights;
    for (const Interest& taste : tastes) {
      lists.push_back(find(search, taste.plays, count));
      weights.push_back(taste.weight);
    }
    const std::vector<MergedRow> merged = merge_interests(lists, weights, count);
    for (const MergedRow& row : merged) served[row.row] = row.interest;
    return pool_by_place(merged);
  };
  // Throws where the songs have no direction, before anything is searched for.
  const std::vector<float> user = user_vector(model_, listener.played, half_life);
  std::vector<Recommendation> found;
  for (const Pick& pick : rerank_widening(model_, pool, options.k, {listener.played, barred}, list)) {
    Recommendation& one = found.emplace_back();
    one.song = pick.row;
    one.score = pick.fit;
    one.similarity = model_.inverse_norms()[pick.row] *
                     math::best_kernels().dot(user.data(), model_.vectors().row(pick.row), user.size());
    const auto taste = served.find(pick.row);
    if (options.explain) {
      one.reasons = reasons_for(model_, listener.played, half_life, pick.row);
      if (taste != served.end()) one.reasons->interest = tastes[taste->second].medoid;
    }
  }
  return found;
}

}  // namespace segue::recommend
