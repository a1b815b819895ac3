#include "segue/recommend/radio.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "segue/index/exact.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

using Rows = std::vector<std::uint32_t>;

// 60 songs of four artists, each artist a genre.
class RadioTest : public ::testing::Test {
 protected:
  RadioTest() {
    testing::SmallModel small = testing::small_model(60, 13);
    // Twelve artists, so that they can be spaced: song i is by artist i % 12 of genre i % 4.
    for (std::uint32_t i = 0; i < 59; ++i) small.songs[i].artist += std::to_string(i % 12);
    small.songs[8].title = "Same (Live)";
    small.songs[20].title = "Same";  // by the artist of 8
    for (std::size_t column = 0; column < 13; ++column) small.trained.vectors.view().row(50)[column] = 0;
    testing::write_small_model(folder_ / "model", small);
    model_ = std::make_unique<model::Model>(folder_ / "model");
    index_ = std::make_unique<index::ExactIndex>(model_->vectors(), model_->inverse_norms());
  }
  Radio radio(const Rows& seeds, const RerankOptions& list, double drift = 0.2) const {
    return {*model_,
            [this](std::span<const float> query, std::size_t k) { return index_->search(query, k); },
            seeds,
            {.drift = drift},
            list};
  }
  Rows play(const Rows& seeds, const RerankOptions& list, std::size_t length, double drift = 0.2) const {
    Radio playing = radio(seeds, list, drift);
    Rows rows;
    for (std::optional<RadioSong> song; rows.size() < length && (song = playing.next());) rows.push_back(song->song);
    return rows;
  }
  testing::Scratch folder_;
  std::unique_ptr<model::Model> model_;
  std::unique_ptr<index::ExactIndex> index_;
};

TEST_F(RadioTest, stays_with_the_seeds_and_spaces_artists) {
  RerankOptions list = radio_list_options();
  list.artist_gap = 2;
  const Rows rows = play({2}, list, 10, 0);
  ASSERT_EQ(rows.size(), 10U);
  for (const std::uint32_t row : rows) EXPECT_EQ(row % 4, 2U);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = i + 1; j <= i + 2 && j < rows.size(); ++j) EXPECT_NE(rows[i] % 12, rows[j] % 12);
  }
}

TEST_F(RadioTest, plays_every_song_once_and_then_ends) {
  // 60 songs without the seed, the one without a vector and the second version; each of twelve artists in turn.
  const Rows rows = play({3}, radio_list_options(), 100);
  EXPECT_EQ(rows.size(), 57U);
  EXPECT_EQ(std::set<std::uint32_t>(rows.begin(), rows.end()).size(), rows.size());
  EXPECT_EQ(std::ranges::count(rows, 3U), 0);
  EXPECT_EQ(std::ranges::count(rows, 8U) + std::ranges::count(rows, 20U), 1);
}

TEST_F(RadioTest, narrows_the_gap_if_the_catalogue_is_too_small) {
  RerankOptions list = radio_list_options();
  list.artist_gap = 40;  // there are thirteen artists
  EXPECT_EQ(play({3}, list, 100).size(), 57U);
}

TEST_F(RadioTest, depends_on_seeds_and_options_alone) {
  RerankOptions list = radio_list_options();
  const Rows rows = play({0, 1}, list, 30);
  EXPECT_EQ(play({0, 1}, list, 30), rows);
  list.surprise = 1;
  const Rows other = play({0, 1}, list, 30);
  EXPECT_NE(other, rows);
  list.seed = 2;
  EXPECT_NE(play({0, 1}, list, 30), other);
}

TEST_F(RadioTest, may_play_the_seeds_again_in_mode_any) {
  RerankOptions list = radio_list_options();
  list.mode = ListMode::any;
  EXPECT_EQ(play({3}, list, 100).size(), 58U);
}

TEST_F(RadioTest, never_plays_excluded_songs) {
  Radio playing = radio({2}, radio_list_options());
  const std::uint32_t first = playing.next()->song;
  const Rows unwanted{6, 20};
  playing.exclude(unwanted);
  while (const std::optional<RadioSong> song = playing.next()) {
    EXPECT_NE(song->song, first);
    EXPECT_NE(song->song, 6U);
    EXPECT_NE(song->song, 20U);
    EXPECT_NE(song->song, 8U);  // a version of 20
  }
}

// Whether they are followers, near, or the only ones left.
TEST_F(RadioTest, plays_only_songs_that_it_keeps) {
  index::RowSet keeps(60);
  for (const std::uint32_t row : {1U, 2U, 6U, 7U, 14U, 33U, 50U}) keeps.insert(row);
  Radio playing = radio({2}, radio_list_options());
  playing.keep_only(keeps);
  std::set<std::uint32_t> played;
  while (const std::optional<RadioSong> song = playing.next()) played.insert(song->song);
  EXPECT_EQ(played, (std::set<std::uint32_t>{1, 6, 7, 14, 33}));  // 2 is the seed, 50 has no vector
}

TEST_F(RadioTest, resumes_after_songs_it_has_played) {
  RerankOptions list = radio_list_options();
  list.artist_gap = 3;
  const Rows before = play({2}, list, 8);
  Radio playing = radio({2}, list);
  playing.resume_after(before);
  Rows all = before;
  while (const std::optional<RadioSong> song = playing.next()) all.push_back(song->song);
  EXPECT_EQ(all.size(), 57U);  // as many as without the break: none twice, none missing
  EXPECT_EQ(std::set<std::uint32_t>(all.begin(), all.end()).size(), all.size());
  for (std::size_t i = 8; i < 11; ++i) {
    for (std::size_t j = i - 3; j < i; ++j) EXPECT_NE(all[i] % 12, all[j] % 12);
  }
}

TEST_F(RadioTest, many_seeds_are_several_centres) {
  Rows seeds;
  for (std::uint32_t row = 0; row < 24; row += 4) {
    seeds.push_back(row);
    seeds.push_back(row + 1);
  }
  RerankOptions list = radio_list_options();
  list.artist_gap = 1;
  std::array<int, 4> of_genre{};
  for (const std::uint32_t row : play(seeds, list, 16, 0)) ++of_genre[row % 4];
  EXPECT_EQ(of_genre[2] + of_genre[3], 0);
  EXPECT_GE(of_genre[0], 4);
  EXPECT_GE(of_genre[1], 4);
}

TEST_F(RadioTest, refuses_seeds_without_a_vector) {
  EXPECT_ERROR(radio({50}, radio_list_options()), ErrorCode::bad_input, "seed songs with a vector, found none among 1");
  EXPECT_ERROR(radio({}, radio_list_options()), ErrorCode::bad_input, "found none among 0");
  EXPECT_FALSE(play({50, 3}, radio_list_options(), 5).empty());
}

TEST_F(RadioTest, a_heavier_seed_has_more_of_the_songs) {
  const FindNear find_near = [this](std::span<const float> query, std::size_t k) { return index_->search(query, k); };
  const auto genres = [&](double first, double second) {
    const std::vector<Seed> seeds = {song_seed(0, first), song_seed(1, second)};
    RerankOptions list = radio_list_options();
    list.artist_gap = 3;  // a genre has three artists
    Radio playing(*model_, find_near, seeds, {.drift = 0}, list);
    std::array<int, 4> count{};
    for (int i = 0; i < 12; ++i) ++count[playing.next()->song % 4];
    return count;
  };
  const std::array<int, 4> equal = genres(1, 1);
  EXPECT_GT(genres(4, 1)[0], equal[0]);
  EXPECT_GT(genres(1, 4)[1], equal[1]);
}

TEST_F(RadioTest, plays_the_songs_of_a_group_but_not_a_song_just_heard) {
  const std::vector<Seed> seeds = {group_seed(*model_, Rows{2, 14, 26}), song_seed(0)};
  Radio playing(
      *model_, [this](std::span<const float> query, std::size_t k) { return index_->search(query, k); }, seeds, {},
      radio_list_options());
  Rows rows;
  for (std::optional<RadioSong> song; (song = playing.next());) rows.push_back(song->song);
  for (const std::uint32_t song : {2U, 14U, 26U}) EXPECT_EQ(std::ranges::count(rows, song), 1) << song;
  EXPECT_EQ(std::ranges::count(rows, 0U), 0);
}

TEST_F(RadioTest, many_seeds_are_clustered_and_seeds_without_a_vector_refused) {
  std::vector<Seed> seeds;
  for (std::uint32_t i = 0; i < 12; ++i) seeds.push_back(song_seed(i % 2 + 4 * (i / 2)));
  const FindNear find_near = [this](std::span<const float> query, std::size_t k) { return index_->search(query, k); };
  Radio playing(*model_, find_near, seeds, {.drift = 0}, {.artist_cap = 0, .artist_gap = 0});
  for (int i = 0; i < 6; ++i) EXPECT_LT(playing.next()->song % 4, 2U);
  const std::vector<Seed> without = {group_seed(*model_, Rows{50})};
  EXPECT_ERROR(Radio(*model_, find_near, without, {}, {}), ErrorCode::bad_input, "found none among 1");
}

}  // namespace
}  // namespace segue::recommend
