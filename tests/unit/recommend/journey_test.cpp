#include "segue/recommend/journey.h"

#include <cmath>
#include <memory>
#include <numbers>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

// 91 songs on a quarter of a circle, a degree apart, in a shuffled order: song i lies at 37 i mod 91 degrees.
class JourneyTest : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kSongs = 91;
  static std::uint32_t degrees(std::uint32_t row) { return row * 37 % kSongs; }
  static std::uint32_t song_at(std::uint32_t wanted) {
    std::uint32_t row = 0;
    while (degrees(row) != wanted) ++row;
    return row;
  }

  JourneyTest() {
    small_ = testing::small_model(kSongs, 10);
    for (std::uint32_t row = 0; row < kSongs; ++row) {
      const double angle = degrees(row) * std::numbers::pi / 180;
      for (std::size_t column = 0; column < 10; ++column) small_.trained.vectors.view().row(row)[column] = 0;
      small_.trained.vectors.view().row(row)[0] = static_cast<float>(std::cos(angle));
      small_.trained.vectors.view().row(row)[1] = static_cast<float>(std::sin(angle));
      small_.songs[row].title = "Song " + std::to_string(row);
      small_.songs[row].artist = "Artist " + std::to_string(row);
    }
  }
  const model::Model& model() {
    if (!model_) {
      testing::write_small_model(folder_ / "model", small_);
      model_ = std::make_unique<model::Model>(folder_ / "model");
    }
    return *model_;
  }
  testing::SmallModel small_;
  testing::Scratch folder_;
  std::unique_ptr<model::Model> model_;
};

TEST_F(JourneyTest, is_even_on_an_arc) {
  const auto songs = find_journey(model(), song_at(0), song_at(90), {.steps = "9"});
  ASSERT_EQ(songs.size(), 10U);
  for (std::uint32_t i = 0; i < 10; ++i) EXPECT_EQ(degrees(songs[i].song), 10 * i);
  EXPECT_EQ(songs.front().progress, 0);
  EXPECT_EQ(songs.back().progress, 1);
  EXPECT_NEAR(songs[3].similarity, std::cos(std::numbers::pi / 18), 1e-5);
}

TEST_F(JourneyTest, leads_over_songs_that_it_keeps) {
  index::RowSet keeps(kSongs);
  for (std::uint32_t degree = 5; degree < 90; degree += 20) keeps.insert(song_at(degree));
  const auto songs = find_journey(model(), song_at(0), song_at(90), {.steps = "4"}, &keeps);
  ASSERT_EQ(songs.size(), 5U);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_TRUE(keeps.contains(songs[i].song)) << songs[i].song;
  EXPECT_EQ(songs.back().song, song_at(90));  // an end need not be kept
}

TEST_F(JourneyTest, one_step_is_both_ends) {
  const auto songs = find_journey(model(), 3, 5, {.steps = "1"});
  ASSERT_EQ(songs.size(), 2U);
  EXPECT_EQ(songs[0].song, 3U);
  EXPECT_EQ(songs[1].song, 5U);
}

TEST_F(JourneyTest, keeps_artists_apart_and_folds_versions) {
  for (std::uint32_t row = 0; row < kSongs; ++row) {
    small_.songs[row].artist = "Artist " + std::to_string(degrees(row) % 3);
    small_.songs[row].title = degrees(row) % 2 == 0 ? "Same" : "Song " + std::to_string(row);
  }
  const auto songs = find_journey(model(), song_at(1), song_at(89), {.steps = "12", .artist_gap = 1});
  for (std::size_t i = 1; i + 1 < songs.size(); ++i) {
    EXPECT_NE(degrees(songs[i].song) % 3, degrees(songs[i - 1].song) % 3);
    EXPECT_GT(songs[i].progress, songs[i - 1].progress);
  }
  std::set<std::uint32_t> same;
  for (const JourneySong& song : songs) {
    if (degrees(song.song) % 2 == 0) {
      EXPECT_TRUE(same.insert(degrees(song.song) % 3).second);
    }
  }
}

TEST_F(JourneyTest, refuses_wrong_input_with_a_reason) {
  EXPECT_ERROR(find_journey(model(), 3, 3, {}), ErrorCode::wrong_use, "two songs, found the same one twice");
  for (const char* wrong : {"0", "101", "few", "2.5"}) {
    EXPECT_ERROR(find_journey(model(), 3, 5, {.steps = wrong}), ErrorCode::wrong_use,
                 "auto or a whole number of steps from 1 to 100");
  }
  // There is no song between neighbours on the arc.
  EXPECT_ERROR(find_journey(model(), song_at(10), song_at(11), {.steps = "3"}), ErrorCode::not_found,
               "a path of 3 steps between the songs, found none longer than 1");
}

TEST_F(JourneyTest, refuses_ends_without_a_direction) {
  for (std::size_t column = 0; column < 10; ++column) small_.trained.vectors.view().row(4)[column] = 0;
  for (std::size_t column = 0; column < 10; ++column) {
    small_.trained.vectors.view().row(7)[column] = 2 * small_.trained.vectors.view().row(8)[column];
  }
  EXPECT_ERROR(find_journey(model(), 4, 5, {}), ErrorCode::bad_input, "songs with a vector");
  EXPECT_ERROR(find_journey(model(), 7, 8, {}), ErrorCode::bad_input, "different vectors");
}

}  // namespace
}  // namespace segue::recommend
