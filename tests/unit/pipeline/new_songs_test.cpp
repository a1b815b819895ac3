#include "segue/pipeline/new_songs.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "segue/base/manifest.h"
#include "segue/layout/song_map.h"
#include "segue/model/extend.h"
#include "segue/model/map_file.h"
#include "segue/model/verify.h"
#include "segue/pipeline/rebuild_index.h"
#include "segue/recommend/recommender.h"
#include "segue/recommend/similar.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::pipeline {
namespace {

constexpr std::uint32_t kTrained = 120;
constexpr std::uint32_t kGenresOfNew = 4;
using Rows = std::vector<data::SongRow>;

data::SongRecord named(std::string id, std::string artist = "", std::vector<std::string> tags = {}) {
  return {std::move(id), "New", std::move(artist), "", std::move(tags), 0};
}

class NewSongsTest : public ::testing::Test {
 protected:
  NewSongsTest() { testing::write_small_model(scratch_ / "m", testing::small_model(kTrained, 12)); }

  // A song played three times among songs of this genre.
  static data::SongRow add_played(NewSongs& songs, const std::string& id, std::uint32_t genre) {
    const data::SongRow row = songs.add(named(id));
    for (data::SongRow first = genre; first < genre + 3 * 5 * kGenresOfNew; first += 5 * kGenresOfNew) {
      songs.add_queue(Rows{first, first + 4, row, first + 8, first + 12});
    }
    return row;
  }

  std::vector<PlacedSong> place(const NewSongs& songs, const model::Model& model) {
    NoProgress progress;
    return place_new_songs(scratch_ / "m", model, songs, 2, progress, {});
  }

  void place_played(const std::vector<std::string>& ids, std::uint32_t genre) {
    const model::Model model(scratch_ / "m");
    NewSongs songs(model);
    for (const std::string& id : ids) add_played(songs, id, genre);
    place(songs, model);
  }

  static void expect_of_genre(const model::Model& model, data::SongRow row, std::uint32_t genre) {
    const Rows song = {row};
    index::RowSet trained(model.songs().size());
    for (data::SongRow other = 0; other < kTrained; ++other) trained.insert(other);
    const auto near = recommend::similar_songs(model, std::span(song), Rows(), {.k = 5, .threads = 1}, &trained);
    ASSERT_EQ(near.size(), 5U);
    for (const math::ScoredRow& one : near) EXPECT_EQ(one.row % kGenresOfNew, genre) << "row " << one.row;
  }

  testing::Scratch scratch_;
};

TEST_F(NewSongsTest, plays_place_a_song_where_training_would_and_leave_all_others) {
  const model::Model before(scratch_ / "m");
  NewSongs songs(before);
  const data::SongRow row = add_played(songs, "new", 1);
  const std::vector<PlacedSong> placed = place(songs, before);
  ASSERT_EQ(placed.size(), 1U);
  EXPECT_EQ(placed[0].row, row);
  EXPECT_EQ(placed[0].plays, 3U);
  EXPECT_EQ(placed[0].near, 12U);

  const model::Model model(scratch_ / "m");
  NoProgress progress;
  model::verify_model(scratch_ / "m", progress);
  EXPECT_EQ(model.songs().size(), kTrained + 1);
  EXPECT_EQ(model.trained_songs(), kTrained);
  EXPECT_EQ(model.new_songs(), 1U);
  EXPECT_EQ(model.songs().find("new"), row);
  EXPECT_EQ(model.songs().plays(row), 3U);
  expect_of_genre(model, row, 1);
  for (data::SongRow song = 0; song < kTrained; ++song) {
    EXPECT_TRUE(std::ranges::equal(model.vectors()[song], before.vectors()[song]));
    EXPECT_TRUE(std::ranges::equal(model.context()[song], before.context()[song]));
    EXPECT_EQ(model.songs().id(song), before.songs().id(song));
  }
}

TEST_F(NewSongsTest, it_is_found_and_recommended_like_a_trained_one) {
  place_played({"new"}, 1);
  const model::Model model(scratch_ / "m");
  const data::SongRow row = model.songs().find("new").value();
  const auto played_before = model.transitions(5);
  EXPECT_NE(std::ranges::find(played_before.neighbours, row), played_before.neighbours.end());
  const auto found = recommend::Recommender(model).recommend({.played = Rows{1, 5}}, {.k = 20, .threads = 1});
  const auto is_it = [&](const recommend::Recommendation& one) { return one.song == row; };
  const auto it = std::ranges::find_if(found.items, is_it);
  ASSERT_NE(it, found.items.end());
  EXPECT_TRUE(it->is_new);
}

TEST_F(NewSongsTest, names_place_a_song_without_plays) {
  const model::Model before(scratch_ / "m");
  NewSongs songs(before);
  const data::SongRow by_artist = songs.add(named("by artist", "BJÖRK"));
  const data::SongRow by_tag = songs.add(named("by tag", "Nobody", {"Jazz"}));
  const data::SongRow unknown = songs.add(named("unknown", "Nobody"));
  const std::vector<PlacedSong> placed = place(songs, before);
  EXPECT_EQ(placed[0].names, (NamesKnown{.artist = 30}));
  EXPECT_EQ(placed[1].names.artist, 0U);
  EXPECT_GT(placed[1].names.tags, 0U);
  EXPECT_FALSE(placed[2].has_vector());
  const model::Model model(scratch_ / "m");
  expect_of_genre(model, by_artist, 2);
  expect_of_genre(model, by_tag, 3);
  EXPECT_EQ(model.inverse_norms()[unknown], 0);
}

TEST_F(NewSongsTest, a_song_placed_again_keeps_its_row) {
  place_played({"a", "b"}, 1);
  const model::Model before(scratch_ / "m");
  NewSongs songs(before);
  const data::SongRow a = add_played(songs, "a", 3);
  add_played(songs, "c", 0);
  EXPECT_EQ(songs.add(named("song-1")), 1U);  // known by training: nothing is added
  EXPECT_EQ(songs.size(), 2U);
  place(songs, before);
  const model::Model model(scratch_ / "m");
  EXPECT_EQ(a, before.songs().find("a"));
  EXPECT_EQ(model.new_songs(), 3U);
  EXPECT_EQ(model.songs().size(), kTrained + 3);
  expect_of_genre(model, a, 3);
  const auto of_old_genre = model.transitions(5).neighbours;
  EXPECT_EQ(std::ranges::find(of_old_genre, a), of_old_genre.end());
  EXPECT_NE(std::ranges::find(of_old_genre, model.songs().find("b").value()), of_old_genre.end());
}

TEST_F(NewSongsTest, the_search_graph_stays_and_new_songs_are_found_beside_it) {
  NoProgress progress;
  rebuild_index(scratch_ / "m", {{.index = index::SearchMethod::graph}, 1, 1}, progress, {});
  place_played({"a"}, 1);
  place_played({"b"}, 1);
  const model::Model model(scratch_ / "m");
  ASSERT_NE(model.index().graph(), nullptr);
  EXPECT_EQ(model.index_note(), "");
  const data::SongRow a = model.songs().find("a").value();
  const data::SongRow b = model.songs().find("b").value();
  std::vector<float> unit(model.vectors()[a].begin(), model.vectors()[a].end());
  for (float& number : unit) number *= model.inverse_norms()[a];
  const auto found = model.index().search(unit, 2, {}, {.method = index::SearchMethod::graph});
  EXPECT_EQ(found[0].row, a);
  EXPECT_EQ(found[1].row, b);
  const std::vector<std::uint32_t> near = model.index().near(unit, 2);
  EXPECT_EQ(Rows(near.begin(), near.end()), (Rows{a, b}));
  // Rebuilt, it is of the same songs.
  rebuild_index(scratch_ / "m", {{.index = index::SearchMethod::graph}, 1, 1}, progress, {});
  EXPECT_EQ(model::Model(scratch_ / "m").index().graph()->nodes(), kTrained);
}

TEST_F(NewSongsTest, it_lies_on_the_map_among_its_nearest_songs) {
  layout::SongMap map;
  for (std::uint32_t genre = 0; genre < kGenresOfNew; ++genre) {
    map.regions.push_back({.centre = {100.0F * static_cast<float>(genre), 0}, .label = "", .size = kTrained / 4});
  }
  for (std::uint32_t song = 0; song < kTrained; ++song) {
    map.layout.push_back({100.0F * static_cast<float>(song % 4) + static_cast<float>(song) / kTrained, 0});
    map.region.push_back(static_cast<std::int32_t>(song % 4));
  }
  model::extend_model(scratch_ / "m", std::array{model::kMapName, model::kClustersName},
                      [&](const std::filesystem::path& version) {
                        model::write_map(version, map);
                        return json::object();
                      });
  place_played({"a"}, 2);
  place_played({"a"}, 1);
  const model::Model model(scratch_ / "m");
  ASSERT_NE(model.map(), nullptr);
  EXPECT_NEAR(model.map()->layout[kTrained].x, 100, 2);
  EXPECT_EQ(model.map()->region[kTrained], 1);
  EXPECT_EQ(model.map()->regions[1].size, kTrained / 4 + 1);
  EXPECT_EQ(model.map()->regions[2].size, kTrained / 4);
  EXPECT_TRUE(std::ranges::equal(std::span(model.map()->layout).first(kTrained), map.layout));
}

TEST_F(NewSongsTest, a_share_of_a_list_is_theirs_spread_over_it) {
  place_played({"a", "b", "c", "d"}, 1);
  const model::Model model(scratch_ / "m");
  const recommend::Recommender recommender(model);
  // Someone of another genre, whom no new song fits.
  const Rows played = {0, 4};
  const auto new_places = [&](double share) {
    std::vector<std::size_t> places;
    const auto found = recommender.recommend({.played = played}, {.k = 10, .new_song_share = share, .threads = 1},
                                             {.artist_cap = 0, .artist_gap = 0}, 1);
    EXPECT_EQ(found.items.size(), 10U);
    for (std::size_t i = 0; i < found.items.size(); ++i) {
      EXPECT_EQ(found.items[i].is_new, found.items[i].song >= kTrained);
      if (found.items[i].is_new) places.push_back(i);
    }
    return places;
  };
  EXPECT_EQ(new_places(0), std::vector<std::size_t>());
  EXPECT_EQ(new_places(0.2), (std::vector<std::size_t>{3, 8}));
  EXPECT_EQ(new_places(1).size(), 4U);  // there are no more
  index::RowSet keeps(model.songs().size());
  for (data::SongRow row = 0; row < kTrained; ++row) keeps.insert(row);
  const auto kept =
      recommender.recommend({.played = played, .keeps = &keeps}, {.k = 10, .new_song_share = 0.5, .threads = 1}, {}, 1);
  EXPECT_TRUE(std::ranges::none_of(kept.items, [](const auto& one) { return one.is_new; }));
}

TEST_F(NewSongsTest, what_cannot_be_placed_is_refused) {
  const model::Model model(scratch_ / "m");
  NewSongs songs(model);
  EXPECT_ERROR(place(songs, model), ErrorCode::bad_input, "expected songs that the model does not have, found none");
  for (std::uint32_t i = 0; i < kMostNewSongs; ++i) songs.add(named("new " + std::to_string(i)));
  EXPECT_ERROR(songs.add(named("one more")), ErrorCode::wrong_use,
               "song one more: expected at most 10,000 new songs in a model, found one more");
  std::stop_source stop;
  stop.request_stop();
  NoProgress progress;
  EXPECT_ERROR(place_new_songs(scratch_ / "m", model, songs, 1, progress, stop.get_token()), ErrorCode::interrupted,
               "interrupted while placing new songs");
  EXPECT_EQ(model::Model(scratch_ / "m").new_songs(), 0U);
}

}  // namespace
}  // namespace segue::pipeline
