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

// Of the work budget: a search reads codes, many in the time of a product; a reason needs transitions and memory too.
constexpr std::size_t kSearchedPerUnit = 4;
constexpr std::size_t kUnitsPerReason = 10;

std::vector<data::SongRow> distinct(std::span<const data::SongRow> rows) {
  std::vector<data::SongRow> sorted(rows.begin(), rows.end());
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

std::vector<data::SongRow> joined(std::span<const data::SongRow> a, std::span<const data::SongRow> b) {
  std::vector<data::SongRow> rows(a.begin(), a.end());
  rows.insert(rows.end(), b.begin(), b.end());
  return rows;
}

model::BlendWeights weights_for(const model::Model& model, const RecommendOptions& options, ListMode mode) {
  model::BlendWeights weights = mode == ListMode::discover ? model.blend().discover : model.blend().next;
  if (options.by == RecommendBy::transitions) weights = transitions_alone(weights);
  if (options.half_life > 0) {
    weights.blend_transition_half_life = options.half_life;
    weights.blend_vector_half_life = options.half_life;
  }
  return weights;
}

// All plays decay alike, so the trend at the newest play is that of now.
constexpr std::int64_t kNow = 0;

// Songs last played more than kRestedPlays ago, each once, ascending.
std::vector<data::SongRow> rested_songs(const plays::Past& past) {
  std::vector<data::SongRow> songs;
  for (const data::SongRow song : distinct(past.songs())) {
    if (past.size() - past.of(song, past.size()).last() > kRestedPlays) songs.push_back(song);
  }
  return songs;
}

// Of the user vector and of the seeds in the reasons.
double half_life_of(const RecommendOptions& options, const model::BlendWeights& weights) {
  return options.half_life > 0 || options.by == RecommendBy::vectors ? options.half_life
                                                                     : weights.blend_vector_half_life;
}

}  // namespace

// What to go by: a history, or seeds if there are any.
struct Recommender::Heard {
  std::span<const data::SongRow> played;
  std::vector<WeightedSong> seeds;  // merged

  bool are_seeds() const { return !seeds.empty(); }
  std::size_t size() const { return are_seeds() ? seeds.size() : played.size(); }
  std::vector<data::SongRow> songs() const {
    std::vector<data::SongRow> songs(played.begin(), played.end());
    for (const WeightedSong& seed : seeds) songs.push_back(seed.song);
    return songs;
  }
  // Zeros if there is no direction.
  std::vector<float> direction(const model::Model& model, double half_life) const {
    return are_seeds() ? mean_direction(model, seeds) : mean_direction(model, played, half_life);
  }
  // Throws bad_input if there is none.
  std::vector<float> needed_direction(const model::Model& model, double half_life) const {
    return are_seeds() ? user_vector(model, seeds) : user_vector(model, played, half_life);
  }
  std::vector<Interest> interests(const model::Model& model, double half_life, std::uint32_t wanted) const {
    return are_seeds() ? find_interests(model, seeds, wanted) : find_interests(model, played, half_life, wanted);
  }
  // REQUIRES: one of the interests().
  Heard part(const Interest& interest) const {
    if (!are_seeds()) return {.played = interest.plays, .seeds = {}};
    std::vector<WeightedSong> own;
    for (const WeightedSong& seed : seeds) {
      if (std::ranges::find(interest.songs, seed.song) != interest.songs.end()) own.push_back(seed);
    }
    return {.played = {}, .seeds = merged(own)};
  }
  std::vector<Reasons> reasons(const model::Model& model, double half_life,
                               std::span<const data::SongRow> picks) const {
    return are_seeds() ? reasons_for(model, seeds, picks) : reasons_for(model, played, half_life, picks);
  }
};

struct Recommender::Search {
  RecommendOptions options;
  model::BlendWeights weights;
  Listening listening;
  std::span<const data::SongRow> disliked;
  std::vector<data::SongRow> excluded;                  // sorted
  std::optional<std::vector<data::SongRow>> returning;  // only these, if there is such a list; sorted
  const index::RowSet* keeps;
  WorkBudget* budget;

  bool may_return(data::SongRow song) const {
    return (keeps == nullptr || keeps->contains(song)) && !std::ranges::binary_search(excluded, song);
  }
};

// Built once for what was played, or for each of its tastes, then used for every pool.
struct Recommender::Query {
  std::optional<BlendQuery> blend;  // unless by vectors alone
  std::vector<float> direction;     // to search around, away from the disliked songs; unless by transitions alone
};

namespace {

// Reads nothing before it is asked, so that a teacher without weight costs nothing.
TeacherSource teacher_source(const model::Model& model) {
  if (!model.has_teacher()) return nullptr;
  return [&model](std::span<const data::SongRow> songs) { return model.teacher().of(songs); };
}

}  // namespace

BlendSources blend_sources(const model::Model& model) {
  return {.vectors = model.vectors(),
          .inverse_norms = model.inverse_norms(),
          .context = model.context(),
          .log_plays = &model.log_plays(),
          .transitions = [&model](std::span<const data::SongRow> songs) { return model.transitions(songs); },
          .keys = [&model](std::span<const data::SongRow> songs) { return model.songs().keys(songs); },
          .codes = model.codes(),
          .context_codes = model.context_codes(),
          .trend = model.trend(),
          .returns = model.returns(),
          .teacher = teacher_source(model)};
}

plays::Past past_of(const data::Catalogue& songs, std::span<const data::SongRow> played) {
  std::vector<std::uint64_t> artists;
  artists.reserve(played.size());
  for (const data::SongKeys& keys : songs.keys(played)) artists.push_back(keys.artist);
  return plays::Past(std::vector<data::SongRow>(played.begin(), played.end()), artists);
}

namespace {

// Those of `keeps`, or all of them for nullptr.
index::RowSet new_songs_of(const model::Model& model, const index::RowSet* keeps) {
  const std::uint32_t songs = model.songs().size();
  index::RowSet rows(songs);
  for (data::SongRow row = songs - model.new_songs(); row < songs; ++row) {
    if (keeps == nullptr || keeps->contains(row)) rows.insert(row);
  }
  return rows;
}

bool has_transitions(const model::Model& model, std::span<const data::SongRow> songs) {
  return std::ranges::any_of(songs, [&](data::SongRow song) { return !model.transitions(song).neighbours.empty(); });
}

}  // namespace

Recommender::Recommender(const model::Model& model, const plays::Trend* trend)
    : model_(model), sources_(blend_sources(model)) {
  if (trend != nullptr) sources_.trend = trend;
}

Recommender::Query Recommender::query_of(const Search& search, const Heard& heard) const {
  Query query;
  if (search.options.by == RecommendBy::vectors) {
    query.direction = away_from(model_, heard.needed_direction(model_, search.options.half_life), search.disliked);
    return query;
  }
  if (heard.are_seeds()) {
    query.blend.emplace(sources_, search.weights, heard.seeds, search.listening);
  } else {
    query.blend.emplace(sources_, search.weights, heard.played, search.listening);
  }
  // Of songs without a direction, what was played with them is still known.
  const auto is_some = [](float number) { return number != 0; };
  if (search.options.by == RecommendBy::blend && std::ranges::any_of(query.blend->recent(), is_some)) {
    query.direction = away_from(model_, query.blend->recent(), search.disliked);
  }
  return query;
}

std::vector<math::ScoredRow> Recommender::find(const Search& search, const Query& query, std::size_t count) const {
  if (search.returning) return find_returning(search, query, count);
  const index::SearchFilter filter{search.excluded, search.keeps};
  spend(search.budget, model_.songs().size() / kSearchedPerUnit + count);
  if (!query.blend) {
    return model_.index().search(query.direction, count, filter, {.threads = search.options.threads});
  }
  std::vector<data::SongRow> near;
  if (!query.direction.empty()) {
    near = model_.index().near(query.direction, std::max(count, kBlendByVectors), filter, search.options.threads);
  }
  const auto may_return = [&](data::SongRow song) { return search.may_return(song); };
  const auto likeness = [&](data::SongRow song) {
    float sum = 0;
    for (const data::SongRow disliked : search.disliked) sum += song_cosine(model_, disliked, song);
    return kDislikeStrength * sum / static_cast<float>(search.disliked.size());
  };
  const std::vector<data::SongRow> candidates =
      query.blend->candidates(std::max(count, kBlendByTransitions), near, may_return);
  spend(search.budget, candidates.size() * search.disliked.size());
  return query.blend->best(candidates, count,
                           search.disliked.empty() ? BlendQuery::Penalty() : BlendQuery::Penalty(likeness));
}

// The best of search.returning.
std::vector<math::ScoredRow> Recommender::find_returning(const Search& search, const Query& query,
                                                         std::size_t count) const {
  std::vector<data::SongRow> songs;
  for (const data::SongRow song : *search.returning) {
    if (search.may_return(song)) songs.push_back(song);
  }
  spend(search.budget, songs.size());
  if (query.blend) return query.blend->best(songs, count);
  math::TopK best(count);
  for (const data::SongRow song : songs) {
    const float cosine =
        model_.inverse_norms()[song] *
        math::best_kernels().dot(query.direction.data(), model_.vectors().row(song), query.direction.size());
    best.offer({song, cosine});
  }
  return best.take();
}

Recommendations Recommender::recommend(const Listener& listener, const RecommendOptions& options) const {
  static constexpr RerankOptions kPlain{.artist_cap = 0, .artist_gap = 0, .fold_versions = false};
  return recommend(listener, options, kPlain, 1);
}

Recommendations Recommender::recommend(const Listener& listener, const RecommendOptions& options,
                                       const RerankOptions& list, std::uint32_t interests) const {
  SEGUE_ASSERT(listener.seeds.empty() || listener.played.empty());
  const Heard heard{listener.played, merged(listener.seeds)};
  const std::vector<data::SongRow> songs_heard = heard.songs();
  const plays::Past made = listener.past == nullptr ? past_of(model_.songs(), listener.played) : plays::Past();
  const plays::Past& past = listener.past == nullptr ? made : *listener.past;
  Search search{.options = options,
                .weights = weights_for(model_, options, list.mode),
                .listening = {{&past, past.size()}, kNow},
                .disliked = listener.disliked,
                .excluded = {},
                .returning = {},
                .keeps = listener.keeps,
                .budget = listener.budget};
  std::vector<data::SongRow> barred = joined(listener.disliked, listener.excluded);
  if (list.mode == ListMode::discover && heard.are_seeds()) barred = joined(barred, songs_heard);
  const std::vector<data::SongRow> unwanted = joined(barred, listener.before);
  search.excluded = distinct(list.mode == ListMode::discover ? joined(unwanted, past.songs()) : unwanted);
  if (list.mode == ListMode::rediscover) search.returning = rested_songs(past);

  const double half_life = half_life_of(options, search.weights);
  Recommendations found;
  if (interests != 1) {
    found.interests = heard.interests(model_, options.half_life, interests);
  }
  // Throws if there is nothing to go by, before anything is searched for.
  const bool needs_direction = options.by == RecommendBy::vectors || !has_transitions(model_, songs_heard);
  const std::vector<float> user =
      needs_direction ? heard.needed_direction(model_, half_life) : heard.direction(model_, half_life);

  const bool merges = found.interests.size() > 1;
  std::vector<Query> queries;
  std::vector<float> weights;
  for (const Interest& interest : found.interests) {
    if (merges) queries.push_back(query_of(search, heard.part(interest)));
    weights.push_back(interest.weight);
  }
  if (!merges) queries.push_back(query_of(search, heard));
  std::unordered_map<data::SongRow, std::uint32_t> served;  // the interest each song serves
  const auto pool = [&](std::size_t count) {
    if (!merges) return find(search, queries.front(), count);
    std::vector<std::vector<math::ScoredRow>> lists;
    for (const Query& query : queries) lists.push_back(find(search, query, count));
    const std::vector<MergedSong> merged = merge_interests(lists, weights, count);
    for (const MergedSong& one : merged) served[one.song] = one.interest;
    return pool_by_place(merged);
  };

  const ListContext context{listener.played, barred, listener.budget, listener.before};
  std::vector<Pick> picks = rerank_widening(model_, pool, options.k, context, list);
  const data::SongRow first_new = model_.songs().size() - model_.new_songs();
  const auto is_new = [&](const Pick& pick) { return pick.song >= first_new; };
  const auto for_new = static_cast<std::size_t>(options.new_song_share * options.k);
  if (model_.new_songs() > 0 && static_cast<std::size_t>(std::ranges::count_if(picks, is_new)) < for_new) {
    const index::RowSet new_songs = new_songs_of(model_, listener.keeps);
    search.keeps = &new_songs;
    RerankOptions apart = list;
    apart.artist_gap = 0;  // others come between them
    picks = spread_in(model_, picks, rerank_widening(model_, pool, for_new, context, apart), options.k, context, list);
    search.keeps = listener.keeps;
  }
  std::vector<data::SongRow> songs;
  for (const Pick& pick : picks) {
    Recommendation& one = found.items.emplace_back();
    one.song = pick.song;
    one.is_new = is_new(pick);
    one.score = pick.fit;
    one.similarity = model_.inverse_norms()[pick.song] *
                     math::best_kernels().dot(user.data(), model_.vectors().row(pick.song), user.size());
    songs.push_back(pick.song);
  }
  if (!options.explain) return found;
  spend(search.budget, heard.size() * songs.size() * kUnitsPerReason);
  // By the songs, and the score, that found each pick: those of the interest it serves.
  for (std::uint32_t part = 0; part < queries.size(); ++part) {
    std::vector<std::size_t> places;
    std::vector<data::SongRow> of_part;
    for (std::size_t i = 0; i < songs.size(); ++i) {
      if (merges && served.at(songs[i]) != part) continue;
      places.push_back(i);
      of_part.push_back(songs[i]);
    }
    const Heard own = merges ? heard.part(found.interests[part]) : heard;
    std::vector<Reasons> reasons = explained(queries[part], own, half_life, of_part);
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (merges) reasons[i].interest = found.interests[part].medoid;
      found.items[places[i]].reasons = std::move(reasons[i]);
    }
  }
  return found;
}

std::vector<Reasons> Recommender::explained(const Query& query, const Heard& heard, double half_life,
                                            std::span<const data::SongRow> picks) const {
  std::vector<Reasons> reasons = heard.reasons(model_, half_life, picks);
  if (!query.blend) return reasons;
  const std::vector<ScoreParts> parts = query.blend->parts(picks);
  const std::optional<data::SongRow> last = heard.are_seeds() ? std::nullopt : std::optional(heard.played.back());
  for (std::size_t i = 0; i < picks.size(); ++i) explain_by_blend(reasons[i], model_, picks[i], parts[i], last);
  return reasons;
}

}  // namespace segue::recommend
