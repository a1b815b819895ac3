// What holds for every recommendation, whatever was played and asked for.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "segue/data/text/song_keys.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/recommender.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue {
namespace {

constexpr std::uint32_t kSongs = 60;
constexpr std::uint32_t kWithoutVector = 7;
constexpr std::uint32_t kWithoutTransitions = kSongs - 1;  // and without a name

using Rows = std::vector<std::uint32_t>;

const model::Model& model() {
  static const testing::Scratch folder;
  static const model::Model made = [] {
    testing::SmallModel small = testing::small_model(kSongs, 13);
    std::ranges::fill(small.trained.vectors.view()[kWithoutVector], 0.0F);
    testing::TransitionColumns& transitions = small.transitions;
    const std::size_t kept = transitions.offsets[kWithoutTransitions];
    transitions.offsets.back() = kept;
    transitions.neighbours.resize(kept);
    transitions.forward.resize(kept);
    transitions.backward.resize(kept);
    transitions.counts.resize(kept);
    testing::write_small_model(folder / "model", small);
    return model::Model(folder / "model");
  }();
  return made;
}

struct Request {
  Rows played;
  Rows disliked;
  Rows excluded;
  std::optional<index::RowSet> keeps;
  recommend::RecommendOptions options;

  recommend::Listener listener() const {
    return {.played = played, .disliked = disliked, .excluded = excluded, .keeps = keeps ? &*keeps : nullptr};
  }
  bool is_refused(std::uint32_t row) const {
    return std::ranges::find(disliked, row) != disliked.end() || std::ranges::find(excluded, row) != excluded.end() ||
           (keeps && !keeps->contains(row));
  }
  bool was_played(std::uint32_t row) const { return std::ranges::find(played, row) != played.end(); }
  bool may_be_found(std::uint32_t row, recommend::ListMode mode) const {
    return !is_refused(row) && (mode == recommend::ListMode::any || !was_played(row));
  }
  // Whether a list without rules may be of this length: a song without a vector is found by its transitions alone.
  bool is_full(std::size_t found, recommend::ListMode mode) const {
    std::size_t most = 0;
    for (std::uint32_t row = 0; row < kSongs; ++row) most += may_be_found(row, mode) ? 1 : 0;
    const std::size_t hidden = may_be_found(kWithoutVector, mode) ? 1 : 0;
    const std::size_t least = options.by == recommend::RecommendBy::transitions ? 0 : most - hidden;
    if (options.by == recommend::RecommendBy::vectors) most = least;
    return found >= std::min<std::size_t>(options.k, least) && found <= std::min<std::size_t>(options.k, most);
  }
};

Rows some_rows() {
  return *rc::gen::container<Rows>(rc::gen::inRange(0U, kSongs));
}

Request some_request() {
  Request request;
  request.played = some_rows();
  // At least one song with a vector, at any place.
  const auto place = *rc::gen::inRange<std::size_t>(0, request.played.size() + 1);
  request.played.insert(request.played.begin() + static_cast<std::ptrdiff_t>(place),
                        *rc::gen::inRange(kWithoutVector + 1, kSongs));
  if (*rc::gen::arbitrary<bool>()) request.disliked = some_rows();
  if (*rc::gen::arbitrary<bool>()) request.excluded = some_rows();
  if (*rc::gen::arbitrary<bool>()) {
    request.keeps.emplace(kSongs);
    for (const std::uint32_t row : some_rows()) request.keeps->insert(row);
  }
  request.options.k = *rc::gen::inRange(1U, kSongs + 10);
  request.options.by = *rc::gen::element(recommend::RecommendBy::blend, recommend::RecommendBy::vectors,
                                         recommend::RecommendBy::transitions);
  request.options.half_life = *rc::gen::element(0.0, 0.5, 1.0, 10.0);
  request.options.explain = *rc::gen::arbitrary<bool>();
  request.options.threads = *rc::gen::inRange(0U, 4U);
  return request;
}

// What holds in any list.
void check(const Request& request, recommend::ListMode mode, const std::vector<recommend::Recommendation>& found) {
  RC_ASSERT(found.size() <= request.options.k);
  std::set<std::uint32_t> seen;
  for (const recommend::Recommendation& one : found) {
    RC_ASSERT(one.song < kSongs);
    RC_ASSERT(!request.is_refused(one.song));
    if (mode == recommend::ListMode::discover) RC_ASSERT(!request.was_played(one.song));
    RC_ASSERT(seen.insert(one.song).second);
    RC_ASSERT(std::isfinite(one.score));
    RC_ASSERT(std::abs(one.similarity) <= 1.0001F);
    RC_ASSERT(one.reasons.has_value() == request.options.explain);
    if (!one.reasons) continue;
    for (const recommend::SeedShare& seed : one.reasons->seeds) RC_ASSERT(request.was_played(seed.song));
    if (one.reasons->together) RC_ASSERT(request.was_played(one.reasons->together->song));
    if (one.reasons->interest) RC_ASSERT(request.was_played(*one.reasons->interest));
  }
}

RC_GTEST_PROP(Recommendations, are_unplayed_distinct_sorted_and_as_many_as_requested, ()) {
  const Request request = some_request();
  const auto found = recommend::Recommender(model()).recommend(request.listener(), request.options).items;
  check(request, recommend::ListMode::discover, found);
  RC_ASSERT(request.is_full(found.size(), recommend::ListMode::discover));
  for (std::size_t i = 0; i < found.size(); ++i) {
    // In its own brackets: RC_ASSERT splits the expression, and its || would read found[-1].
    RC_ASSERT((i == 0 || math::is_better({found[i - 1].song, found[i - 1].score}, {found[i].song, found[i].score})));
    if (request.options.by == recommend::RecommendBy::vectors) RC_ASSERT(std::abs(found[i].score) <= 1.0001F);
  }
}

RC_GTEST_PROP(Recommendations, by_transitions_were_played_near_one_of_the_songs, ()) {
  Request request = some_request();
  request.options.by = recommend::RecommendBy::transitions;
  request.options.half_life = 1000;
  request.options.k = kSongs;
  std::set<std::uint32_t> near;
  const std::size_t counted = std::min(request.played.size(), recommend::kBlendHeard);
  for (std::size_t i = request.played.size() - counted; i < request.played.size(); ++i) {
    const transitions::TransitionsOf transitions = model().transitions(request.played[i]);
    near.insert(transitions.neighbours.begin(), transitions.neighbours.end());
  }
  std::erase_if(near, [&](std::uint32_t row) { return request.is_refused(row) || request.was_played(row); });
  std::set<std::uint32_t> songs;
  for (const recommend::Recommendation& one :
       recommend::Recommender(model()).recommend(request.listener(), request.options).items) {
    songs.insert(one.song);
  }
  RC_ASSERT(songs == near);
}

RC_GTEST_PROP(Recommendations, as_a_list_keep_its_rules, ()) {
  Request request = some_request();
  recommend::RerankOptions list;
  list.mode = *rc::gen::element(recommend::ListMode::discover, recommend::ListMode::any);
  list.diversity = *rc::gen::element(0.0, 0.3, 1.0);
  list.popularity = *rc::gen::element(-1.0, 0.0, 0.5);
  list.artist_cap = *rc::gen::inRange(0, 4);
  list.artist_gap = *rc::gen::inRange(0, 3);
  list.fold_versions = *rc::gen::arbitrary<bool>();
  list.surprise = *rc::gen::element(0.0, 0.5);
  const std::uint32_t interests = *rc::gen::element(1U, 2U, 3U, recommend::kAutoInterests);
  const auto found =
      recommend::Recommender(model()).recommend(request.listener(), request.options, list, interests).items;
  check(request, list.mode, found);
  std::map<std::uint64_t, std::uint32_t> of_artist;
  std::map<std::uint64_t, std::size_t> last;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::uint64_t artist = model().songs().keys(found[i].song).artist;
    const auto songs = static_cast<std::int32_t>(++of_artist[artist]);
    RC_ASSERT((list.artist_cap == 0 || songs <= list.artist_cap));
    const auto before = last.find(artist);
    RC_ASSERT((before == last.end() || i - before->second > static_cast<std::size_t>(list.artist_gap)));
    last[artist] = i;
  }
  // Without rules a list is as long as it can be, however many tastes there are.
  list.artist_cap = list.artist_gap = 0;
  list.fold_versions = false;
  const auto free =
      recommend::Recommender(model()).recommend(request.listener(), request.options, list, interests).items;
  check(request, list.mode, free);
  RC_ASSERT(request.is_full(free.size(), list.mode));
}

RC_GTEST_PROP(Recommendations, of_a_shorter_list_begin_the_longer_one, ()) {
  Request request = some_request();
  const auto more = recommend::Recommender(model()).recommend(request.listener(), request.options).items;
  request.options.k = *rc::gen::inRange(1U, request.options.k + 1);
  const auto fewer = recommend::Recommender(model()).recommend(request.listener(), request.options).items;
  RC_ASSERT(fewer.size() == std::min<std::size_t>(more.size(), request.options.k));
  for (std::size_t i = 0; i < fewer.size(); ++i) RC_ASSERT(fewer[i].song == more[i].song);
}

RC_GTEST_PROP(Recommendations, by_vectors_without_a_half_life_do_not_depend_on_the_order_of_plays, ()) {
  Request request = some_request();
  request.options.by = recommend::RecommendBy::vectors;
  request.options.half_life = 0;
  const auto one = recommend::Recommender(model()).recommend(request.listener(), request.options).items;
  std::ranges::reverse(request.played);
  const auto other = recommend::Recommender(model()).recommend(request.listener(), request.options).items;
  RC_ASSERT(one.size() == other.size());
  // Sums in another order differ in their last bits, and so may the order of equally good songs.
  for (std::size_t i = 0; i < one.size(); ++i) RC_ASSERT(std::abs(one[i].score - other[i].score) < 1e-5F);
}

}  // namespace
}  // namespace segue
