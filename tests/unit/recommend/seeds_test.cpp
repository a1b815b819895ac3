// Seeds on the small model: song i is of genre i % 4 and of its artist, most played first.
#include "segue/recommend/seeds.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

class SeedsTest : public ::testing::Test {
 protected:
  SeedsTest() {
    std::ranges::fill(small_.trained.vectors.view()[4], 0.0F);
    testing::write_small_model(folder_ / "model", small_);
    model_ = std::make_unique<model::Model>(folder_ / "model");
  }
  const model::Model& model() const { return *model_; }

  testing::SmallModel small_ = testing::small_model(60);
  testing::Scratch folder_;
  std::unique_ptr<model::Model> model_;
};

TEST_F(SeedsTest, the_most_played_songs_of_a_group_share_its_weight_by_plays) {
  const std::vector<data::SongRow> songs = {0, 8, 12};
  const Seed seed = group_seed(model(), songs, 2);
  ASSERT_EQ(seed.songs.size(), 3U);
  EXPECT_TRUE(seed.is_group);
  EXPECT_NEAR(seed.weight(), 2, 1e-12);
  const auto plays = [&](data::SongRow song) { return static_cast<double>(model().songs().plays(song)); };
  const double all = plays(0) + plays(8) + plays(12);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(seed.songs[i].song, songs[i]);
    EXPECT_NEAR(seed.songs[i].weight, 2 * plays(songs[i]) / all, 1e-12);
  }
}

TEST_F(SeedsTest, a_large_group_weighs_as_much_as_one_song) {
  std::vector<data::SongRow> everything(model().songs().size());
  std::iota(everything.begin(), everything.end(), 0U);
  const Seed large = group_seed(model(), everything);
  EXPECT_EQ(large.songs.size(), kSongsOfGroup);
  EXPECT_NEAR(large.weight(), song_seed(3).weight(), 1e-12);
  EXPECT_FALSE(song_seed(3).is_group);
}

TEST_F(SeedsTest, songs_without_a_vector_stand_for_a_group_only_if_no_other_does) {
  const Seed some = group_seed(model(), std::vector<data::SongRow>{4, 8});
  ASSERT_EQ(some.songs.size(), 1U);
  EXPECT_EQ(some.songs.front().song, 8U);
  EXPECT_EQ(group_seed(model(), std::vector<data::SongRow>{4}).songs.front().song, 4U);
}

TEST_F(SeedsTest, merging_adds_up_the_weights_of_a_song_and_scales_them_to_1) {
  const std::vector<Seed> seeds = {song_seed(7), {.songs = {{2, 1}, {7, 0.5}}, .is_group = true}, song_seed(1)};
  const std::vector<WeightedSong> songs = merged_songs(seeds);
  ASSERT_EQ(songs.size(), 3U);
  EXPECT_EQ(songs[0].song, 7U);
  EXPECT_NEAR(songs[0].weight, 1.5 / 3.5, 1e-12);
  EXPECT_EQ(songs[1].song, 1U);  // a tie goes by row
  EXPECT_EQ(songs[2].song, 2U);
  EXPECT_NEAR(songs[1].weight, 1 / 3.5, 1e-12);
}

TEST_F(SeedsTest, of_too_many_songs_the_heaviest_count) {
  std::vector<WeightedSong> many;
  for (std::uint32_t i = 0; i < kMostSeedSongs + 50; ++i) many.push_back({i, 1.0 + i});
  const std::vector<WeightedSong> songs = merged(many);
  ASSERT_EQ(songs.size(), kMostSeedSongs);
  EXPECT_EQ(songs.front().song, kMostSeedSongs + 49);
  EXPECT_EQ(songs.back().song, 50U);
  double total = 0;
  for (const WeightedSong& one : songs) total += one.weight;
  EXPECT_NEAR(total, 1, 1e-12);
}

}  // namespace
}  // namespace segue::recommend
