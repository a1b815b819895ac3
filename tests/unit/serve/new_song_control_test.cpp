#include "segue/serve/new_song_control.h"

#include <filesystem>
#include <optional>

#include <gtest/gtest.h>

#include "segue/base/manifest.h"
#include "segue/model/model.h"

#include "tests/support/memory_store.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::serve {
namespace {

constexpr std::uint32_t kSongsOfModel = 24;

class NewSongControlTest : public ::testing::Test {
 protected:
  NewSongControlTest() {
    write_model("");
    models_.emplace(model_sources("default", folder_ / "model", {}, {}), folder_.path(), false);
    start();
  }

  // With another last song, if it has an id.
  void write_model(const std::string& last) {
    testing::SmallModel model = testing::small_model(kSongsOfModel);
    if (!last.empty()) model.songs.back().id = last;
    testing::write_small_model(folder_ / "model", model);
  }

  void start() {
    control_.reset();
    control_.emplace(*models_, store_, folder_.path());
  }

  static SentSong sent(std::string id) {
    SentSong song;
    song.song.id = std::move(id);
    song.song.title = "New";
    song.song.artist = "Björk";
    song.queues = {{"song-2", song.song.id, "song-10"}, {"unknown", song.song.id}};
    return song;
  }

  ModelPointer served() { return models_->choose("", ""); }
  std::optional<data::SongRow> row(std::string_view id) { return served()->model.songs().find(id); }

  testing::Scratch folder_;
  testing::MemoryStore store_;
  std::optional<ModelSet> models_;
  std::optional<NewSongControl> control_;
};

TEST_F(NewSongControlTest, a_song_is_served_after_the_next_update_until_it_is_removed) {
  const pipeline::PlacedSong from = NewSongControl::placed_from(served()->model, sent("x"));
  EXPECT_EQ(from.plays, 2U);
  EXPECT_EQ(from.near, 2U);
  EXPECT_EQ(from.names.artist, 6U);
  control_->put(sent("x"));
  EXPECT_FALSE(row("x"));
  EXPECT_EQ(control_->update(), std::vector<std::string>{"default"});
  EXPECT_EQ(row("x"), kSongsOfModel);
  EXPECT_EQ(served()->search.search("new", 5), (std::vector<data::SongRow>{kSongsOfModel}));
  EXPECT_EQ(served()->source_digest, open_manifest(folder_ / "model", model::kModelFormat).digest);
  EXPECT_TRUE(models_->changed().replaced.empty());  // the folder is as it was
  EXPECT_TRUE(control_->remove("x"));
  EXPECT_FALSE(control_->remove("x"));
  start();  // which may update at once
  EXPECT_EQ(control_->update(), std::vector<std::string>{"default"});
  EXPECT_FALSE(row("x"));
}

TEST_F(NewSongControlTest, songs_survive_a_restart_and_reach_others_on_the_store) {
  ModelSet others(model_sources("default", folder_ / "model", {}, {}), folder_.path(), false);
  NewSongControl other(others, store_, folder_.path());
  control_->put(sent("x"));
  EXPECT_FALSE(other.song("x"));
  other.poll();
  EXPECT_EQ(other.update().size(), 1U);
  EXPECT_TRUE(others.choose("", "")->model.songs().find("x"));
  start();
  EXPECT_EQ(control_->facts().songs, 1U);
  EXPECT_EQ(control_->song("x")->queues, sent("x").queues);
  control_->update();
  EXPECT_TRUE(row("x"));
}

TEST_F(NewSongControlTest, a_model_whose_training_knew_the_song_serves_its_own) {
  control_->put(sent("x"));
  control_->put(sent("y"));
  control_->update();
  EXPECT_EQ(served()->model.new_songs(), 2U);
  write_model("x");
  models_->reload("");
  EXPECT_EQ(row("x"), kSongsOfModel - 1);
  EXPECT_EQ(row("y"), kSongsOfModel);
  EXPECT_EQ(served()->model.new_songs(), 1U);
  models_->rollback("");  // to the model before, not to a version without new songs
  EXPECT_EQ(served()->model.new_songs(), 2U);
}

TEST_F(NewSongControlTest, a_version_that_cannot_be_written_leaves_the_model_as_it_is) {
  NewSongControl nowhere(*models_, store_, folder_ / "missing");
  nowhere.put(sent("x"));
  nowhere.update();
  EXPECT_NE(nowhere.facts().problem, "");
  EXPECT_FALSE(row("x"));
  EXPECT_EQ(served()->model.songs().size(), kSongsOfModel);
}

}  // namespace
}  // namespace segue::serve
