#include "segue/recommend/history.h"

#include <gtest/gtest.h>

#include "segue/model/model.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

using testing::small_model;

class HistoryTest : public ::testing::Test {
 protected:
  HistoryTest() {
    testing::write_small_model(folder_ / "model", small_model(8, 4));
    // The dataset has the songs in another order, and some the model does not have.
    std::vector<data::SongRecord> songs = small_model(8, 4).songs;
    std::ranges::reverse(songs);
    songs.push_back({.id = "unknown", .title = "", .artist = "", .album = "", .tags = {}, .plays = 1});
    testing::write_small_dataset(folder_ / "dataset", songs, {{7, 6, 8}, {0, 1}, {5, 5, 8}}, {"anna", "berta", "anna"});
  }
  testing::Scratch folder_;
};

TEST_F(HistoryTest, is_the_users_queues_in_order_matched_by_id) {
  const model::Model model(folder_ / "model");
  const History history = history_of(data::open_dataset(folder_ / "dataset"), model.songs(), "anna");
  EXPECT_EQ(history.songs, (std::vector<std::uint32_t>{0, 1, 2, 2}));
  EXPECT_EQ(history.unknown_plays, 2U);
}

TEST_F(HistoryTest, songs_under_other_ids_are_matched_by_name) {
  std::vector<data::SongRecord> songs = small_model(8, 4).songs;
  for (data::SongRecord& song : songs) song.id = "spotify:track:" + song.id;
  songs[3].title += " - Remastered 2009";
  testing::write_small_dataset(folder_ / "other", songs, {{3, 0, 3}}, {"anna"});
  const model::Model model(folder_ / "model");
  const History history = history_of(data::open_dataset(folder_ / "other"), model.songs(), "anna");
  EXPECT_EQ(history.songs, (std::vector<std::uint32_t>{3, 0, 3}));
  EXPECT_EQ(history.unknown_plays, 0U);
}

TEST_F(HistoryTest, of_an_unknown_user_names_the_nearest) {
  const model::Model model(folder_ / "model");
  const data::Dataset dataset = data::open_dataset(folder_ / "dataset");
  EXPECT_ERROR((void)history_of(dataset, model.songs(), "ana"), ErrorCode::not_found,
               "user ana: not in the dataset (did you mean anna?)");
}

}  // namespace
}  // namespace segue::recommend
