#include "segue/recommend/radio.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "segue/base/error.h"
#include "segue/base/random.h"
#include "segue/index/exact.h"
#include "segue/recommend/cosine.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/rerank.h"
#include "segue/recommend/user_vector.h"

namespace segue::recommend {

namespace {

constexpr std::size_t kRecent = 5;
constexpr float kDecay = 0.7F;
constexpr std::size_t kRemembered = 10;  // for diversity
constexpr std::size_t kAroundSeeds = 1000;
constexpr std::size_t kAroundHere = 500;
// Looking around reads the whole index, so the radio does it only after it has moved, and not after every song.
constexpr std::uint64_t kLookEvery = 20;
constexpr float kElsewhere = 0.85F;
// Up to this many seeds, each is its own centre; more are clustered.
constexpr std::size_t kOwnCentres = 3;
// Weighted seeds are few and meant as they are.
constexpr std::size_t kOwnSeedCentres = 8;
constexpr float kSurprise = 0.1F;
constexpr float kAround = 2;
// Weights of T and V against C, tuned on two real models (docs/radio.md).
constexpr float kTransition = 0.5F;
constexpr float kInOut = 0.5F;
constexpr float kOwed = 0.1F;

std::vector<data::SongRow> distinct_in_order(std::span<const data::SongRow> rows) {
  std::vector<data::SongRow> distinct;
  std::unordered_set<data::SongRow> seen;
  for (const data::SongRow row : rows) {
    if (seen.insert(row).second) distinct.push_back(row);
  }
  return distinct;
}

// The vector of a rarely played song is half noise; the songs played around it locate it better. So to the unit vector
// of the seed is added, kAround times as heavy, the mean of its neighbours' by their transition weights.
std::vector<float> place_of(const model::Model& model, data::SongRow seed) {
  const math::Kernels& kernels = math::best_kernels();
  std::vector<float> place = user_vector(model, std::span(&seed, 1), 0);
  const transitions::TransitionsOf around = model.transitions(seed);
  float total = 0;
  for (std::size_t j = 0; j < around.neighbours.size(); ++j) total += around.forward[j] + around.backward[j];
  for (std::size_t j = 0; total > 0 && j < around.neighbours.size(); ++j) {
    const data::SongRow row = around.neighbours[j];
    const float weight = kAround * (around.forward[j] + around.backward[j]) / total;
    kernels.axpy(weight * model.inverse_norms()[row], model.vectors().row(row), place.data(), place.size());
  }
  const float norm = std::sqrt(kernels.squared_norm(place.data(), place.size()));
  if (!(norm > 0)) return user_vector(model, std::span(&seed, 1), 0);
  kernels.scale(1 / norm, place.data(), place.size());
  return place;
}

// The weighted mean of the places of the songs, at length 1; their user vector if the places cancel out. REQUIRES: some
// song has a vector.
std::vector<float> centre_of(const model::Model& model, std::span<const WeightedSong> songs) {
  if (songs.size() == 1) return place_of(model, songs.front().song);
  const math::Kernels& kernels = math::best_kernels();
  std::vector<float> centre(model.vectors().columns);
  for (const WeightedSong& one : songs) {
    if (model.inverse_norms()[one.song] == 0) continue;
    kernels.axpy(static_cast<float>(one.weight), place_of(model, one.song).data(), centre.data(), centre.size());
  }
  const float norm = std::sqrt(kernels.squared_norm(centre.data(), centre.size()));
  if (!(norm > 0)) return user_vector(model, songs);
  kernels.scale(1 / norm, centre.data(), centre.size());
  return centre;
}

float logistic(float x) {
  return 1 / (1 + std::exp(-x));
}

}  // namespace

RerankOptions radio_list_options() {
  return {.artist_cap = 0, .artist_gap = 5, .surprise = 0.2};
}

// The newest songs, in the form the score needs.
struct Radio::Recent {
  std::vector<float> vector;                           // weighted sum of song vectors
  std::vector<float> place;                            // unit: weighted sum of unit vectors
  std::unordered_map<data::SongRow, float> followers;  // T
  std::vector<data::SongRow> follower_rows;            // in the order they were found
};

std::vector<Radio::Centre> Radio::clustered(const model::Model& model, std::span<const WeightedSong> songs) {
  std::vector<Centre> centres;
  for (const Interest& interest : find_interests(model, songs, kAutoInterests)) {
    centres.push_back({.vector = user_vector(model, interest.plays, 0), .share = interest.weight});
  }
  return centres;
}

Radio::Start Radio::start_of(const model::Model& model, std::span<const data::SongRow> seeds) {
  Start start{.centres = {}, .songs = distinct_in_order(seeds), .heard = {}, .to_play = {}};
  start.heard = start.songs;
  std::vector<WeightedSong> songs;
  for (const data::SongRow song : start.songs) songs.push_back({song, 1});
  if (songs.size() > kOwnCentres) {
    start.centres = clustered(model, songs);
    return start;
  }
  for (const WeightedSong& one : songs) {
    if (model.inverse_norms()[one.song] > 0) start.centres.push_back({.vector = centre_of(model, std::span(&one, 1))});
  }
  for (Centre& centre : start.centres) centre.share = 1 / static_cast<float>(start.centres.size());
  return start;
}

Radio::Start Radio::start_of(const model::Model& model, std::span<const Seed> seeds) {
  Start start;
  const std::vector<WeightedSong> songs = merged_songs(seeds);
  for (const WeightedSong& one : songs) start.songs.push_back(one.song);
  std::ranges::reverse(start.songs);
  for (const Seed& seed : seeds) {
    for (const WeightedSong& one : seed.songs) (seed.is_group ? start.to_play : start.heard).push_back(one.song);
  }
  const auto has_vector = [&](const WeightedSong& one) { return model.inverse_norms()[one.song] > 0; };
  if (seeds.size() > kOwnSeedCentres && std::ranges::any_of(songs, has_vector)) {
    start.centres = clustered(model, songs);
    return start;
  }
  double total = 0;
  for (const Seed& seed : seeds) {
    if (std::ranges::none_of(seed.songs, has_vector)) continue;
    start.centres.push_back({.vector = centre_of(model, seed.songs), .share = static_cast<float>(seed.weight())});
    total += seed.weight();
  }
  for (Centre& centre : start.centres) centre.share /= static_cast<float>(total);
  return start;
}

Radio::Radio(const model::Model& model, FindNear find_near, std::span<const data::SongRow> seeds,
             const RadioOptions& options, const RerankOptions& list_options)
    : Radio(model, std::move(find_near), start_of(model, seeds), options, list_options) {}

Radio::Radio(const model::Model& model, FindNear find_near, std::span<const Seed> seeds, const RadioOptions& options,
             const RerankOptions& list_options)
    : Radio(model, std::move(find_near), start_of(model, seeds), options, list_options) {}

Radio::Radio(const model::Model& model, FindNear find_near, Start start, const RadioOptions& options,
             const RerankOptions& list_options)
    : model_(model),
      find_near_(std::move(find_near)),
      options_(options),
      list_options_(list_options),
      rules_([&songs = model.songs()](std::span<const data::SongRow> rows) { return songs.keys(rows); }, list_options),
      centres_(std::move(start.centres)) {
  if (centres_.empty()) {
    fail(ErrorCode::bad_input, "expected seed songs with a vector, found none among {}", start.songs.size());
  }
  if (list_options_.mode == ListMode::discover) exclude(start.heard);
  for (const data::SongRow song : start.heard) rules_.heard(song);
  for (const data::SongRow seed : start.songs) {
    newest_.push_back(seed);
    for (const data::SongRow follower : model_.transitions(seed).neighbours) around_seeds_.insert(follower);
  }
  seeds_to_play_.insert(start.to_play.begin(), start.to_play.end());
  around_seeds_.insert(start.to_play.begin(), start.to_play.end());
  for (const Centre& centre : centres_) {
    for (const math::ScoredRow& near : find_near_(centre.vector, kAroundSeeds)) around_seeds_.insert(near.row);
  }
  while (newest_.size() > kRemembered) newest_.pop_front();
}

void Radio::exclude(std::span<const data::SongRow> rows) {
  rules_.ban(rows);
}

Radio::Recent Radio::recent() const {
  const math::MatrixView<const float> vectors = model_.vectors();
  const math::Kernels& kernels = math::best_kernels();
  Recent recent;
  recent.vector.assign(vectors.columns, 0);
  recent.place.assign(vectors.columns, 0);
  const std::size_t count = std::min(newest_.size(), kRecent);
  float total = 0;
  for (std::size_t i = 0; i < count; ++i) total += std::pow(kDecay, static_cast<float>(i));
  for (std::size_t i = 0; i < count; ++i) {
    const data::SongRow row = newest_[newest_.size() - 1 - i];
    const float weight = std::pow(kDecay, static_cast<float>(i)) / total;
    kernels.axpy(weight, vectors.row(row), recent.vector.data(), vectors.columns);
    kernels.axpy(weight * model_.inverse_norms()[row], vectors.row(row), recent.place.data(), vectors.columns);
    const transitions::TransitionsOf after = model_.transitions(row);
    const float strongest = after.forward.empty() ? 0 : std::ranges::max(after.forward);
    for (std::size_t j = 0; strongest > 0 && j < after.neighbours.size(); ++j) {
      if (after.forward[j] == 0) continue;
      const auto [at, is_new] = recent.followers.try_emplace(after.neighbours[j], 0.0F);
      if (is_new) recent.follower_rows.push_back(after.neighbours[j]);
      at->second += weight * std::sqrt(after.forward[j] / strongest);
    }
  }
  const float norm = std::sqrt(kernels.squared_norm(recent.place.data(), recent.place.size()));
  if (norm > 0) kernels.scale(1 / norm, recent.place.data(), recent.place.size());
  return recent;
}

void Radio::look_around(std::span<const float> place) {
  here_.assign(place.begin(), place.end());
  looked_at_ = played_;
  around_here_.clear();
  for (const math::ScoredRow& near : find_near_(place, kAroundHere)) around_here_.push_back(near.row);
}

std::vector<data::SongRow> Radio::candidates(const Recent& recent) {
  const auto cosine_to = [&](const std::vector<float>& place) {
    return math::best_kernels().dot(place.data(), recent.place.data(), place.size());
  };
  // The surroundings of the seeds are known from the start, so a radio that stays there need not search.
  const bool elsewhere =
      here_.empty() ? std::ranges::none_of(centres_, [&](const Centre& c) { return cosine_to(c.vector) > kElsewhere; })
                    : played_ >= looked_at_ + kLookEvery && cosine_to(here_) < kElsewhere;
  if (elsewhere) look_around(recent.place);

  std::vector<data::SongRow> rows(around_seeds_.begin(), around_seeds_.end());
  for (const data::SongRow row : around_here_) rows.push_back(row);
  for (const data::SongRow row : recent.follower_rows) rows.push_back(row);
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  std::erase_if(rows, [&](data::SongRow row) {
    return gone_.contains(row) || model_.inverse_norms()[row] == 0 || !may_play(row);
  });
  return rows;
}

std::vector<float> Radio::centre_cosines(data::SongRow row) const {
  const math::MatrixView<const float> vectors = model_.vectors();
  std::vector<float> cosines;
  for (const Centre& centre : centres_) {
    cosines.push_back(math::best_kernels().dot(centre.vector.data(), vectors.row(row), vectors.columns) *
                      model_.inverse_norms()[row]);
  }
  return cosines;
}

Radio::Scored Radio::score(const Recent& recent, data::SongRow row) const {
  const math::Kernels& kernels = math::best_kernels();
  const std::size_t columns = model_.vectors().columns;
  const auto follower = recent.followers.find(row);
  const float transition = follower == recent.followers.end() ? 0 : follower->second;
  const float in_out = logistic(kernels.dot(recent.vector.data(), model_.context().row(row), columns));
  const float close =
      kernels.dot(recent.place.data(), model_.vectors().row(row), columns) * model_.inverse_norms()[row];
  Scored scored;
  scored.song.song = row;
  const std::vector<float> cosines = centre_cosines(row);
  // A song serves the centre it is nearest to, even if another is owed more.
  scored.centre = static_cast<std::size_t>(std::ranges::max_element(cosines) - cosines.begin());
  scored.song.seed_similarity = seeds_to_play_.contains(row) ? 1 : cosines[scored.centre];
  const float served = scored.song.seed_similarity + kOwed * centres_[scored.centre].owed;
  const auto pull = static_cast<float>(2 * (1 - options_.drift));
  scored.song.score = kTransition * transition + kInOut * in_out + close + pull * served;
  scored.value = scored.song.score;
  if (list_options_.popularity != 0) {
    scored.value += static_cast<float>(list_options_.popularity) * fame(model_.songs(), row) / 2;
  }
  if (list_options_.diversity > 0) {
    float likeness = 0;
    for (const data::SongRow before : newest_) likeness = std::max(likeness, song_cosine(model_, before, row));
    scored.value -= static_cast<float>(list_options_.diversity) * 2 * likeness;
  }
  if (list_options_.surprise > 0) {
    scored.value +=
        static_cast<float>(list_options_.surprise) * kSurprise * gumbel(mix64(list_options_.seed) + played_, row);
  }
  return scored;
}

std::optional<Radio::Scored> Radio::best_of(const Recent& recent, std::span<const data::SongRow> rows) {
  const std::size_t products = 2 + centres_.size() + (list_options_.diversity > 0 ? newest_.size() : 0);
  work_ += rows.size() * products;
  std::vector<Scored> scored;
  scored.reserve(rows.size());
  for (const data::SongRow row : rows) scored.push_back(score(recent, row));
  const auto worse = [](const Scored& a, const Scored& b) {
    return math::is_better({b.song.song, b.value}, {a.song.song, a.value});
  };
  // Rules cost more than scores and almost always allow the first song, so a heap yields the best one at a time.
  std::ranges::make_heap(scored, worse);
  while (!scored.empty()) {
    std::ranges::pop_heap(scored, worse);
    const Scored best = scored.back();
    scored.pop_back();
    const Verdict verdict = rules_.judge(best.song.song);
    if (verdict == Verdict::allowed) return best;
    if (verdict == Verdict::never) gone_.insert(best.song.song);
  }
  return std::nullopt;
}

// If no candidate is allowed: the nearest allowed song of the catalogue.
std::optional<Radio::Scored> Radio::anywhere(const Recent& recent) {
  const index::ExactIndex index(model_.vectors(), model_.inverse_norms());
  const std::vector<float>& query = centres_.front().vector;
  while (true) {
    work_ += model_.songs().size();
    index::RowSet allowed(model_.songs().size());
    for (data::SongRow row = 0; row < model_.songs().size(); ++row) {
      if (may_play(row) && rules_.judge(row) == Verdict::allowed) allowed.insert(row);
    }
    const std::vector<math::ScoredRow> found = index.search(query, 1, {{}, &allowed});
    if (!found.empty()) return score(recent, found.front().row);
    if (rules_.artist_gap() == 0) return std::nullopt;
    rules_.set_artist_gap(rules_.artist_gap() / 2);
  }
}

std::optional<RadioSong> Radio::next() {
  const Recent now = recent();
  std::optional<Scored> best = best_of(now, candidates(now));
  if (!best) best = anywhere(now);
  if (!best) return std::nullopt;
  RadioSong song = best->song;
  song.similarity = song_cosine(model_, newest_.back(), song.song);
  rules_.take(song.song);
  was_played(song.song, best->centre);
  return song;
}

void Radio::was_played(data::SongRow row, std::size_t centre) {
  gone_.insert(row);
  for (Centre& one : centres_) one.owed += one.share;
  centres_[centre].owed -= 1;
  newest_.push_back(row);
  if (newest_.size() > kRemembered) newest_.pop_front();
  ++played_;
}

void Radio::resume_after(std::span<const data::SongRow> rows) {
  for (const data::SongRow row : rows) {
    if (rules_.judge(row) == Verdict::allowed) {
      rules_.take(row);
    } else {  // it was played under other rules
      rules_.ban(std::span(&row, 1));
      rules_.heard(row);
    }
    const std::vector<float> cosines = centre_cosines(row);
    was_played(row, static_cast<std::size_t>(std::ranges::max_element(cosines) - cosines.begin()));
  }
}

}  // namespace segue::recommend
