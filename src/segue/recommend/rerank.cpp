#include "segue/recommend/rerank.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "segue/base/random.h"
#include "segue/recommend/cosine.h"
#include "segue/recommend/list_rules.h"

namespace segue::recommend {

namespace {

// The place in the pool whose score becomes -1: far enough down to separate songs that fit from those that do not, and
// the same however wide the pool is.
constexpr std::size_t kScalePlace = 100;
constexpr std::size_t kLeastPool = 200;
constexpr std::size_t kWiden = 8;
// For pools whose order stays.
constexpr std::size_t kLeastPlainPool = kScalePlace + 1;
constexpr std::size_t kWidenPlain = 4;

struct Candidate {
  math::ScoredRow scored;
  std::uint32_t place = 0;  // in the pool
  float plain = 0;          // the sum without likeness
  float likeness = 0;       // to the picks so far
  bool gone = false;
};

float scale_of(std::span<const math::ScoredRow> pool) {
  const std::size_t place = std::min(pool.size() - 1, kScalePlace);
  const float spread = pool.front().score - pool[place].score;
  return spread > 0 ? 1 / spread : 0;
}

// Songs since the last play of each: 0 for the newest.
std::unordered_map<data::SongRow, std::size_t> ages(std::span<const data::SongRow> played) {
  std::unordered_map<data::SongRow, std::size_t> ages;
  for (std::size_t i = 0; i < played.size(); ++i) ages[played[i]] = played.size() - 1 - i;
  return ages;
}

std::vector<Candidate> candidates_of(const model::Model& model, std::span<const math::ScoredRow> pool,
                                     const ListContext& context, const RerankOptions& options) {
  const bool rests = options.mode == ListMode::any && options.freshness > 0;
  const auto age_of = ages(rests ? context.played : std::span<const data::SongRow>());
  const float scale = scale_of(pool);
  std::vector<Candidate> candidates;
  candidates.reserve(pool.size());
  for (std::uint32_t place = 0; place < pool.size(); ++place) {
    const math::ScoredRow& one = pool[place];
    double value = (1 - options.diversity) * static_cast<double>((one.score - pool.front().score) * scale);
    if (options.popularity != 0) value += options.popularity * static_cast<double>(fame(model.songs(), one.row));
    if (const auto age = age_of.find(one.row); age != age_of.end()) {
      value -= std::exp2(-static_cast<double>(age->second) / options.freshness);
    }
    if (options.surprise > 0) value += options.surprise / 2 * static_cast<double>(gumbel(options.seed, one.row));
    candidates.push_back({.scored = one, .place = place, .plain = static_cast<float>(value)});
  }
  return candidates;
}

// Whether songs stay in the order of the pool, except those that the rules drop: then every pool that is large enough
// gives the same list.
bool keeps_order(const RerankOptions& options) {
  const bool rests = options.mode == ListMode::any && options.freshness > 0;
  return options.diversity == 0 && options.popularity == 0 && options.surprise == 0 && !rests;
}

ListRules rules_of(const model::Model& model, const ListContext& context, const RerankOptions& options) {
  ListRules rules([&songs = model.songs()](std::span<const data::SongRow> rows) { return songs.keys(rows); }, options);
  rules.follow(context.played);
  rules.ban(context.excluded);
  if (options.mode == ListMode::discover) rules.ban(context.played);
  rules.go_on_after(context.before);
  return rules;
}

std::vector<data::SongRow> rows_of(std::span<const Candidate> candidates) {
  std::vector<data::SongRow> rows;
  rows.reserve(candidates.size());
  for (const Candidate& candidate : candidates) rows.push_back(candidate.scored.row);
  return rows;
}

// Values never rise along a list: a song that had to wait has that of the pick before.
void add_pick(std::vector<Pick>& picks, const Candidate& candidate, float value) {
  picks.push_back({.song = candidate.scored.row,
                   .fit = candidate.scored.score,
                   .value = picks.empty() ? value : std::min(picks.back().value, value)});
}

// Without likeness values do not change: once sorted, the first allowed one is the best.
std::vector<Pick> pick_in_order(const model::Model& model, std::vector<Candidate>& candidates, std::size_t k,
                                ListRules& rules) {
  std::ranges::stable_sort(candidates, std::greater(), &Candidate::plain);
  const std::vector<data::SongRow> rows = rows_of(candidates);
  std::vector<Pick> picks;
  for (const std::size_t place : rules.fill(rows, model.songs().keys(rows), k)) {
    add_pick(picks, candidates[place], candidates[place].plain);
  }
  return picks;
}

// The allowed candidate of the largest value, ties by place in the pool; nullptr if none is allowed. Only candidates
// that would win are judged, and those that are never allowed are not judged again. `keys`: of the pool.
Candidate* best_allowed(std::vector<Candidate>& candidates, std::span<const data::SongKeys> keys, ListRules& rules,
                        double diversity) {
  Candidate* best = nullptr;
  float bar = 0;
  for (Candidate& candidate : candidates) {
    if (candidate.gone) continue;
    const float value = candidate.plain - static_cast<float>(diversity) * candidate.likeness;
    if (best != nullptr && value <= bar) continue;
    const Verdict verdict = rules.judge(candidate.scored.row, keys[candidate.place]);
    candidate.gone = verdict == Verdict::never;
    if (verdict != Verdict::allowed) continue;
    best = &candidate;
    bar = value;
  }
  return best;
}

// From now on the song is in the list.
void add_likeness(const model::Model& model, data::SongRow song, std::vector<Candidate>& candidates) {
  for (Candidate& candidate : candidates) {
    if (candidate.gone) continue;
    candidate.likeness = std::max(candidate.likeness, song_cosine(model, song, candidate.scored.row));
  }
}

std::vector<Pick> pick_unlike(const model::Model& model, std::vector<Candidate>& candidates, std::size_t k,
                              ListRules& rules, const ListContext& context, const RerankOptions& options) {
  const std::vector<data::SongKeys> keys = model.songs().keys(rows_of(candidates));
  spend(context.budget, candidates.size() * context.before.size());
  for (const data::SongRow song : context.before) add_likeness(model, song, candidates);
  std::vector<Pick> picks;
  while (picks.size() < k) {
    spend(context.budget, candidates.size());
    Candidate* const best = best_allowed(candidates, keys, rules, options.diversity);
    if (best == nullptr) break;
    const data::SongRow song = best->scored.row;
    rules.take(song);
    add_pick(picks, *best, best->plain - static_cast<float>(options.diversity) * best->likeness);
    best->gone = true;
    add_likeness(model, song, candidates);
  }
  return picks;
}

}  // namespace

std::vector<Pick> spread_in(const model::Model& model, std::span<const Pick> picks, std::span<const Pick> others,
                            std::size_t k, const ListContext& context, const RerankOptions& options) {
  // Where the others go is laid out first; then the rules take songs from that order.
  const auto is_other = [&](const Pick& pick) {
    return std::ranges::find(others, pick.song, &Pick::song) != others.end();
  };
  std::vector<Pick> order;
  std::size_t other = 0;
  std::size_t pick = 0;
  while (pick < picks.size() || other < others.size()) {
    const bool is_due = other < others.size() && order.size() * others.size() >= other * k + k / 2;
    if (is_due || pick == picks.size()) {
      order.push_back(others[other++]);
    } else if (const Pick& next = picks[pick++]; !is_other(next)) {
      order.push_back(next);
    }
  }
  std::vector<data::SongRow> rows;
  for (const Pick& one : order) rows.push_back(one.song);
  ListRules rules = rules_of(model, context, options);
  std::vector<Pick> list;
  for (const std::size_t place : rules.fill(rows, model.songs().keys(rows), k)) {
    list.push_back(order[place]);
    if (list.size() > 1) list.back().value = std::min(list.back().value, list[list.size() - 2].value);
  }
  return list;
}

float fame(const data::Catalogue& songs, data::SongRow song) {
  // Rows are sorted by plays.
  const double most = std::log1p(static_cast<double>(songs.plays(0)));
  const double least = std::log1p(static_cast<double>(songs.plays(songs.size() - 1)));
  if (!(most > least)) return 0;
  const double now = std::log1p(static_cast<double>(songs.plays(song)));
  // New songs come last, whatever their plays.
  return static_cast<float>(std::clamp(2 * (now - least) / (most - least) - 1, -1.0, 1.0));
}

float gumbel(std::uint64_t seed, data::SongRow song) {
  Random random(seed, song);
  const double uniform = random.uniform() + 0x1.0p-54;  // never 0
  return static_cast<float>(-std::log(-std::log(uniform)));
}

std::vector<Pick> rerank(const model::Model& model, std::span<const math::ScoredRow> pool, std::size_t k,
                         const ListContext& context, const RerankOptions& options) {
  if (pool.empty()) return {};
  ListRules rules = rules_of(model, context, options);
  std::vector<Candidate> candidates = candidates_of(model, pool, context, options);
  spend(context.budget, candidates.size());
  return options.diversity > 0 ? pick_unlike(model, candidates, k, rules, context, options)
                               : pick_in_order(model, candidates, k, rules);
}

std::vector<Pick> rerank_widening(const model::Model& model,
                                  const std::function<std::vector<math::ScoredRow>(std::size_t n)>& find, std::size_t k,
                                  const ListContext& context, const RerankOptions& options) {
  const bool plain = keeps_order(options);
  for (std::size_t wanted = plain ? std::max(2 * k, kLeastPlainPool) : std::max(4 * k, kLeastPool);;
       wanted *= plain ? kWidenPlain : kWiden) {
    const std::vector<math::ScoredRow> pool = find(wanted);
    std::vector<Pick> picks = rerank(model, pool, k, context, options);
    if (picks.size() >= k || pool.size() < wanted) return picks;
  }
}

}  // namespace segue::recommend
