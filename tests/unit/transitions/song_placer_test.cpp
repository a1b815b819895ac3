#include "segue/transitions/song_placer.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/progress.h"
#include "segue/data/dataset/queues.h"

namespace segue::transitions {
namespace {

using ::testing::Each;

// Songs 0, 1 and 2 are trained, along the three axes; 0 and 2 are by artist 100.
class SongPlacerTest : public ::testing::Test {
 protected:
  SongPlacer placer(const std::vector<std::vector<std::uint32_t>>& queues,
                    std::vector<std::uint64_t> artists = {100, 101, 100, 102, 103}) {
    NoProgress progress;
    transitions_ = count_transitions(data::Queues(queues), 5, {}, progress, {});
    artists_ = std::move(artists);
    return SongPlacer({.trained = 3,
                       .songs = 5,
                       .dim = 3,
                       .vector = [this](data::SongRow song, float*) { return vectors_[song].data(); },
                       .transitions = [this](data::SongRow song) { return transitions_.of(song); },
                       .keys =
                           [this](data::SongRow song) {
                             return data::SongKeys{artists_[song], song + 1U};
                           },
                       .plays = [this](data::SongRow song) { return plays_[song]; }});
  }
  std::vector<float> place(const SongPlacer& placer, data::SongRow song) {
    std::vector<float> vector(3, 7);
    has_direction_ = placer.place(song, vector);
    return vector;
  }

  std::vector<std::vector<float>> vectors_ = {{3, 0, 0}, {0, 1, 0}, {0, 0, 2}};
  std::vector<std::uint64_t> plays_ = {4, 4, 4, 1, 1};
  std::vector<std::uint64_t> artists_;
  Transitions transitions_;
  bool has_direction_ = false;
};

TEST_F(SongPlacerTest, lies_where_it_was_played) {
  const std::vector<float> vector = place(placer({{0, 3, 1}}), 3);
  EXPECT_TRUE(has_direction_);
  EXPECT_FLOAT_EQ(vector[0], vector[1]);  // whatever the lengths of the others
  EXPECT_EQ(vector[2], 0);
  EXPECT_FLOAT_EQ(std::hypot(vector[0], vector[1]), 2) << "the mean length of the trained vectors";
}

TEST_F(SongPlacerTest, near_songs_count_more_than_far_ones_and_rare_ones_more_than_frequent_ones) {
  std::vector<float> vector = place(placer({{3, 0, 1}}), 3);
  EXPECT_FLOAT_EQ(vector[0], 2 * vector[1]);
  plays_ = {4, 64, 4, 1, 1};
  vector = place(placer({{0, 3, 1}}), 3);
  EXPECT_FLOAT_EQ(vector[0], 4 * vector[1]);
}

TEST_F(SongPlacerTest, lies_near_its_artist) {
  const std::vector<float> vector = place(placer({{1, 3}}, {100, 101, 100, 100, 103}), 3);
  EXPECT_FLOAT_EQ(vector[0], vector[2]);
  EXPECT_FLOAT_EQ(vector[1], std::hypot(vector[0], vector[2])) << "as much as its surroundings";
}

TEST_F(SongPlacerTest, the_artist_alone_is_enough) {
  const std::vector<float> vector = place(placer({{3, 4}}, {100, 101, 100, 101, 103}), 3);
  EXPECT_TRUE(has_direction_);
  EXPECT_FLOAT_EQ(vector[1], 2);
}

TEST_F(SongPlacerTest, has_no_direction_among_songs_that_are_not_trained) {
  const SongPlacer placer = this->placer({{3, 4}});
  for (const data::SongRow song : {3U, 4U}) {
    EXPECT_THAT(place(placer, song), Each(0.0F));
    EXPECT_FALSE(has_direction_);
  }
}

TEST_F(SongPlacerTest, a_trained_vector_of_zeros_says_nothing) {
  vectors_[0] = {0, 0, 0};
  const std::vector<float> vector = place(placer({{0, 3, 1}}, {100, 101, 102, 100, 103}), 3);
  EXPECT_EQ(vector[0], 0);
  EXPECT_GT(vector[1], 0);
}

}  // namespace
}  // namespace segue::transitions
