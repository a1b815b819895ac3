// What holds for every list, radio and journey, whatever was asked for.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "segue/base/error.h"
#include "segue/data/text/song_keys.h"
#include "segue/index/exact.h"
#include "segue/recommend/journey.h"
#include "segue/recommend/radio.h"
#include "segue/recommend/rerank.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue {
namespace {

constexpr std::uint32_t kSongs = 80;

using Rows = std::vector<std::uint32_t>;

// Song i is by artist i % 9; the titles repeat so that every artist has versions of some recordings.
const model::Model& model() {
  static const testing::Scratch folder;
  static const model::Model made = [] {
    testing::SmallModel small = testing::small_model(kSongs, 13);
    for (std::uint32_t i = 0; i < kSongs; ++i) {
      small.songs[i].artist = "Artist " + std::to_string(i % 9);
      small.songs[i].title = "Song " + std::to_string(i % 50) + (i < 50 ? "" : " (Live)");
    }
    testing::write_small_model(folder / "model", small);
    return model::Model(folder / "model");
  }();
  return made;
}

// Computed once: what the rules go by.
const std::vector<data::SongKeys>& keys() {
  static const std::vector<data::SongKeys> made = [] {
    std::vector<data::SongKeys> all;
    for (std::uint32_t row = 0; row < kSongs; ++row) all.push_back(model().songs().keys(row));
    return all;
  }();
  return made;
}

Rows some_rows() {
  return *rc::gen::container<Rows>(rc::gen::inRange(0U, kSongs));
}

recommend::RerankOptions some_options() {
  recommend::RerankOptions options;
  options.mode = *rc::gen::element(recommend::ListMode::discover, recommend::ListMode::any);
  options.diversity = *rc::gen::element(0.0, 0.3, 1.0);
  options.popularity = *rc::gen::element(-1.0, 0.0, 0.5);
  options.artist_cap = *rc::gen::inRange(0, 5);
  options.artist_gap = *rc::gen::inRange(0, 4);
  options.fold_versions = *rc::gen::arbitrary<bool>();
  options.freshness = *rc::gen::element(0.0, 2.0, 50.0);
  options.surprise = *rc::gen::element(0.0, 0.3, 1.0);
  options.seed = *rc::gen::inRange(0U, 100U);
  return options;
}

std::vector<math::ScoredRow> some_pool() {
  std::vector<math::ScoredRow> pool;
  for (const std::uint32_t row : *rc::gen::unique<Rows>(rc::gen::inRange(0U, kSongs))) {
    pool.push_back({row, static_cast<float>(*rc::gen::inRange(-100, 100)) / 100});
  }
  std::ranges::sort(pool, math::is_better);
  return pool;
}

bool is_version_of_one(std::uint32_t row, const Rows& rows) {
  return std::ranges::any_of(rows,
                             [&](std::uint32_t other) { return keys()[other].recording == keys()[row].recording; });
}

RC_GTEST_PROP(Lists, keep_every_rule_and_are_as_long_as_they_can_be, ()) {
  const std::vector<math::ScoredRow> pool = some_pool();
  const Rows played = some_rows();
  const Rows excluded = some_rows();
  const recommend::RerankOptions options = some_options();
  const std::size_t k = *rc::gen::inRange<std::size_t>(0, kSongs + 5);
  const recommend::ListContext context{.played = played, .excluded = excluded};
  const std::vector<recommend::Pick> picks = recommend::rerank(model(), pool, k, context, options);

  Rows banned = excluded;
  if (options.mode == recommend::ListMode::discover) banned.insert(banned.end(), played.begin(), played.end());
  Rows list;
  std::map<std::uint64_t, std::uint32_t> of_artist;
  for (std::size_t i = 0; i < picks.size(); ++i) {
    const std::uint32_t row = picks[i].song;
    RC_ASSERT(std::ranges::find(pool, row, &math::ScoredRow::row) != pool.end());
    RC_ASSERT(std::ranges::find(banned, row) == banned.end());
    RC_ASSERT(std::ranges::find(list, row) == list.end());
    if (options.fold_versions) {
      RC_ASSERT(!is_version_of_one(row, banned));
      RC_ASSERT(!is_version_of_one(row, list));
    }
    const auto songs = static_cast<std::int32_t>(++of_artist[keys()[row].artist]);
    RC_ASSERT((options.artist_cap == 0 || songs <= options.artist_cap));
    const auto gap = static_cast<std::size_t>(options.artist_gap);
    for (std::size_t j = i > gap ? i - gap : 0; j < i; ++j) {
      RC_ASSERT(keys()[list[j]].artist != keys()[row].artist);
    }
    RC_ASSERT((i == 0 || picks[i - 1].value >= picks[i].value));
    list.push_back(row);
  }

  // k results when k exist: without a gap, as many as recordings and caps leave.
  if (options.artist_gap > 0) return;
  std::set<std::uint64_t> counted;
  std::map<std::uint64_t, std::size_t> room;
  for (const math::ScoredRow& one : pool) {
    if (std::ranges::find(banned, one.row) != banned.end()) continue;
    if (options.fold_versions &&
        (is_version_of_one(one.row, banned) || !counted.insert(keys()[one.row].recording).second)) {
      continue;
    }
    std::size_t& songs = room[keys()[one.row].artist];
    if (options.artist_cap == 0 || songs < static_cast<std::size_t>(options.artist_cap)) ++songs;
  }
  std::size_t exist = 0;
  for (const auto& [artist, songs] : room) exist += songs;
  RC_ASSERT(picks.size() == std::min(k, exist));
}

RC_GTEST_PROP(Lists, are_a_function_of_their_arguments, ()) {
  const std::vector<math::ScoredRow> pool = some_pool();
  const recommend::RerankOptions options = some_options();
  const auto one = recommend::rerank(model(), pool, 20, {}, options);
  const auto other = recommend::rerank(model(), pool, 20, {}, options);
  RC_ASSERT(std::ranges::equal(one, other, {}, &recommend::Pick::song, &recommend::Pick::song));
  // And the first songs of a longer list are the shorter one.
  const auto fewer = recommend::rerank(model(), pool, 7, {}, options);
  RC_ASSERT(fewer.size() == std::min<std::size_t>(7, one.size()));
  for (std::size_t i = 0; i < fewer.size(); ++i) RC_ASSERT(fewer[i].song == one[i].song);
}

RC_GTEST_PROP(Radios, never_repeat_nor_break_a_rule, ()) {
  const Rows seeds = *rc::gen::nonEmpty(rc::gen::container<Rows>(rc::gen::inRange(0U, kSongs)));
  recommend::RerankOptions list = some_options();
  list.artist_cap = 0;
  list.artist_gap = *rc::gen::inRange(0, 3);
  const Rows unwanted = some_rows();
  const recommend::RadioOptions options{.length = 30, .drift = *rc::gen::element(0.0, 0.4, 1.0)};
  const index::ExactIndex index(model().vectors(), model().inverse_norms());
  const recommend::FindNear find_near = [&](std::span<const float> query, std::size_t k) {
    return index.search(query, k, {}, 1);
  };
  recommend::Radio radio(model(), find_near, seeds, options, list);
  recommend::Radio again(model(), find_near, seeds, options, list);
  radio.exclude(unwanted);
  again.exclude(unwanted);
  Rows songs;
  Rows banned = unwanted;
  if (list.mode == recommend::ListMode::discover) banned.insert(banned.end(), seeds.begin(), seeds.end());
  for (std::uint32_t i = 0; i < options.length; ++i) {
    const auto song = radio.next();
    const auto same = again.next();
    RC_ASSERT(song.has_value() == same.has_value());
    if (!song) break;
    RC_ASSERT(song->song == same->song);
    RC_ASSERT(std::ranges::find(songs, song->song) == songs.end());
    RC_ASSERT(std::ranges::find(banned, song->song) == banned.end());
    if (list.fold_versions) RC_ASSERT(!is_version_of_one(song->song, songs));
    songs.push_back(song->song);
  }
}

RC_GTEST_PROP(Journeys, lead_from_one_to_the_other_without_turning_back, ()) {
  const std::uint32_t from = *rc::gen::inRange(0U, kSongs);
  const std::uint32_t to =
      *rc::gen::suchThat(rc::gen::inRange(0U, kSongs), [&](std::uint32_t row) { return row != from; });
  recommend::JourneyOptions options;
  options.artist_gap = *rc::gen::inRange(0U, 4U);
  options.fold_versions = *rc::gen::arbitrary<bool>();
  const std::uint32_t steps = *rc::gen::inRange(0U, 8U);
  if (steps > 0) options.steps = std::to_string(steps);
  std::vector<recommend::JourneySong> songs;
  try {
    songs = recommend::find_journey(model(), from, to, options);
  } catch (const Error& error) {
    RC_ASSERT(error.code() == ErrorCode::not_found);  // no path of that many steps
    RC_ASSERT(steps > 1U);
    return;
  }
  if (steps > 0) RC_ASSERT(songs.size() == steps + 1);
  RC_ASSERT((songs.front().song == from && songs.back().song == to));
  std::set<std::uint32_t> seen;
  for (std::size_t i = 0; i < songs.size(); ++i) {
    RC_ASSERT(seen.insert(songs[i].song).second);
    RC_ASSERT((i == 0 || songs[i].progress > songs[i - 1].progress));
    for (std::size_t j = i > options.artist_gap ? i - options.artist_gap : 0; j < i; ++j) {
      const bool both_ends = j == 0 && i + 1 == songs.size();
      RC_ASSERT((both_ends || keys()[songs[i].song].artist != keys()[songs[j].song].artist));
    }
  }
}

}  // namespace
}  // namespace segue
