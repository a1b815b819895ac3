#include "segue/serve/new_song_control.h"

#include <array>
#include <filesystem>
#include <optional>

#include <gtest/gtest.h>

#include "segue/base/manifest.h"
#include "segue/model/model.h"
#include "segue/serve/listen_feed.h"

#include "tests/support/expect_error.h"
#include "tests/support/memory_store.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::serve {
namespace {

constexpr std::uint32_t kSongsOfModel = 24;
constexpr std::int64_t kNow = 1'700'000'000;
constexpr std::int64_t kHour = 3600;
constexpr NewSongPace kAtOnce{.least = {}, .after_songs = 0, .after_plays = 0};

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
    control_.emplace(*models_, store_, folder_.path(), kAtOnce);
  }

  static SentSong sent(std::string id) {
    SentSong song;
    song.song.id = std::move(id);
    song.song.title = "New";
    song.song.artist = "Björk";
    song.queues = {{"song-2", song.song.id, "song-10"}, {"unknown", song.song.id}};
    return song;
  }

  void add_listen(const std::string& user, std::int64_t at, std::string song_id) {
    store::StoredListen listen;
    listen.user = user;
    listen.listened_at = at;
    listen.song_id = std::move(song_id);
    listen.msid = store::msid_of(listen);
    store_.set_time(at);
    store_.add(std::span(&listen, 1));
  }

  static store::ListenRange newest(std::size_t count) {
    store::ListenRange range;
    range.count = count;
    return range;
  }

  // What the service does every half a minute, and then twice a second.
  std::vector<std::string> update(std::int64_t now) {
    ListenFeed feed(*models_, store_,
                    [&](const ServedModel& from, data::SongRow song, const store::StoredListen& listen) {
                      control_->heard(from.model.songs().id(song), listen);
                    });
    feed.poll(now);
    return control_->update(now);
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
  EXPECT_EQ(control_->update(kNow), std::vector<std::string>{"default"});
  EXPECT_EQ(row("x"), kSongsOfModel);
  EXPECT_EQ(served()->search.search("new", 5), (std::vector<data::SongRow>{kSongsOfModel}));
  EXPECT_EQ(served()->source_digest, open_manifest(folder_ / "model", model::kModelFormat).digest);
  EXPECT_TRUE(models_->changed().replaced.empty());  // the folder is as it was
  EXPECT_TRUE(control_->remove("x"));
  EXPECT_FALSE(control_->remove("x"));
  EXPECT_EQ(control_->update(kNow), std::vector<std::string>{"default"});
  EXPECT_FALSE(row("x"));
}

TEST_F(NewSongControlTest, songs_survive_a_restart_and_reach_others_on_the_store) {
  ModelSet others(model_sources("default", folder_ / "model", {}, {}), folder_.path(), false);
  NewSongControl other(others, store_, folder_.path());
  control_->put(sent("x"));
  EXPECT_FALSE(other.song("x"));
  other.poll();
  EXPECT_EQ(other.update(kNow).size(), 1U);
  EXPECT_TRUE(others.choose("", "")->model.songs().find("x"));
  start();
  EXPECT_EQ(control_->facts().songs, 1U);
  EXPECT_EQ(control_->song("x")->queues, sent("x").queues);
  control_->update(kNow);
  EXPECT_TRUE(row("x"));
}

TEST_F(NewSongControlTest, a_model_whose_training_knew_the_song_serves_its_own) {
  control_->put(sent("x"));
  control_->put(sent("y"));
  control_->update(kNow);
  EXPECT_EQ(served()->model.new_songs(), 2U);
  write_model("x");
  models_->reload("");
  EXPECT_EQ(row("x"), kSongsOfModel - 1);
  EXPECT_EQ(row("y"), kSongsOfModel);
  EXPECT_EQ(served()->model.new_songs(), 1U);
  models_->rollback("");  // to the model before, not to a version without new songs
  EXPECT_EQ(served()->model.new_songs(), 2U);
}

TEST_F(NewSongControlTest, a_song_is_placed_by_the_sessions_that_are_stored) {
  SentSong plain = sent("x");
  plain.song.artist = "Nobody";
  plain.queues.clear();
  control_->put(plain);
  control_->update(kNow);
  ASSERT_EQ(row("x"), kSongsOfModel);
  EXPECT_EQ(served()->model.inverse_norms()[kSongsOfModel], 0);  // nothing is known of it

  add_listen("ann", kNow - 30, "song-2");
  add_listen("ann", kNow, "x");
  EXPECT_TRUE(update(kNow + 60).empty()) << "the session is not over";
  add_listen("ann", kNow + 200, "song-10");
  add_listen("bob", kNow, "song-1");  // of another listener
  const std::int64_t over = kNow + 2 * kHour;
  add_listen("ann", over, "song-3");  // another session
  EXPECT_TRUE(update(kNow + 1900).empty()) << "nor is it now";
  EXPECT_EQ(update(over), std::vector<std::string>{"default"});
  EXPECT_GT(served()->model.inverse_norms()[kSongsOfModel], 0);
  EXPECT_EQ(control_->facts().plays, 1U);
  EXPECT_GT(served()->model.played_together(kSongsOfModel, std::array{2U})[0].times, 0U);
  EXPECT_GT(served()->model.played_together(kSongsOfModel, std::array{10U})[0].times, 0U);
  for (const std::uint32_t other : {1U, 3U}) {
    EXPECT_EQ(served()->model.played_together(kSongsOfModel, std::array{other})[0].times, 0U);
  }
  EXPECT_TRUE(update(over + 1).empty()) << "each play counts once";
}

TEST_F(NewSongControlTest, a_model_is_written_again_when_the_plays_have_doubled) {
  NewSongPlays plays;
  const auto id_of = [](const store::StoredListen& listen) { return std::optional(listen.song_id); };
  std::vector<std::uint64_t> worth_it;
  std::uint64_t version = 0;
  for (std::uint64_t play = 1; play <= 20; ++play) {
    const std::int64_t at = kNow + static_cast<std::int64_t>(play) * kHour;
    add_listen("ann", at, "x");
    for (const store::StoredListen& listen : store_.listens_of("ann", newest(2))) plays.heard("x", listen);
    plays.settle(store_, id_of, at + kHour);
    EXPECT_EQ(plays.plays(), play);
    if (plays.version() == version) continue;
    version = plays.version();
    worth_it.push_back(play);
    EXPECT_EQ(plays.to_place().size(), play);
  }
  EXPECT_EQ(worth_it, (std::vector<std::uint64_t>{1, 2, 4, 8, 16}));
}

TEST_F(NewSongControlTest, a_failure_of_the_store_loses_no_play) {
  NewSongPlays plays;
  const auto id_of = [](const store::StoredListen& listen) { return std::optional(listen.song_id); };
  for (const std::string user : {"ann", "bob"}) {
    add_listen(user, kNow, "x");
    plays.heard("x", store_.listens_of(user, newest(1)).front());
  }
  store_.fail_with(ErrorCode::unavailable);
  EXPECT_ERROR(plays.settle(store_, id_of, kNow + kHour), ErrorCode::unavailable, "");
  store_.fail_with({});
  plays.settle(store_, id_of, kNow + kHour);
  EXPECT_EQ(plays.plays(), 2U);
  EXPECT_EQ(plays.to_place(), (std::vector<std::vector<std::string>>{{"x"}, {"x"}}));
}

TEST_F(NewSongControlTest, a_version_that_cannot_be_written_leaves_the_model_as_it_is) {
  NewSongControl nowhere(*models_, store_, folder_ / "missing");
  nowhere.put(sent("x"));
  nowhere.update(kNow);
  EXPECT_NE(nowhere.facts().problem, "");
  EXPECT_FALSE(row("x"));
  EXPECT_EQ(served()->model.songs().size(), kSongsOfModel);
}

}  // namespace
}  // namespace segue::serve
