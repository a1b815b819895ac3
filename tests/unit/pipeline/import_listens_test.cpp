#include "segue/pipeline/import_listens.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/memory_store.h"
#include "tests/support/scratch.h"

namespace segue::pipeline {
namespace {

class ImportListensTest : public ::testing::Test {
 protected:
  ImportReport import(const std::string& name, const std::string& text, const data::IngestOptions& options = {}) {
    NoProgress progress;
    const std::vector<std::string> logs = {folder_.write(name, text).string()};
    return import_listens(logs, options, store_, progress, {});
  }
  std::vector<store::StoredListen> listens_of(std::string_view user) { return store_.listens_of(user, {}); }

  testing::Scratch folder_;
  testing::MemoryStore store_;
};

TEST_F(ImportListensTest, takes_listens_at_the_time_they_began_with_ids_where_they_belong) {
  const ImportReport report =
      import("Streaming_History_Audio_2026.json",
             R"([{"ts": "2026-01-01T10:03:00Z", "ms_played": 180000, "master_metadata_track_name": "Jóga",
                  "master_metadata_album_artist_name": "Björk", "master_metadata_album_album_name": "Homogenic",
                  "spotify_track_uri": "spotify:track:1", "skipped": false},
                 {"ts": "2026-01-01T10:04:00Z", "ms_played": 9000, "master_metadata_track_name": "Skipped",
                  "master_metadata_album_artist_name": "Björk", "master_metadata_album_album_name": "",
                  "spotify_track_uri": "spotify:track:2", "skipped": true}])");
  EXPECT_EQ(report.added, 1U);
  EXPECT_EQ(report.skipped, 1U);
  EXPECT_EQ(report.users, std::set<std::string>{"me"});
  const std::vector<store::StoredListen> listens = listens_of("me");
  ASSERT_EQ(listens.size(), 1U);
  EXPECT_EQ(listens[0].listened_at, 1767261600);  // 10:00
  EXPECT_EQ(listens[0].artist, "Björk");
  EXPECT_EQ(listens[0].title, "Jóga");
  EXPECT_EQ(listens[0].release, "Homogenic");
  EXPECT_EQ(listens[0].song_id, "spotify:track:1");
  EXPECT_EQ(listens[0].msid, store::msid_of(listens[0]));
}

TEST_F(ImportListensTest, the_same_log_again_adds_nothing) {
  const std::string log =
      "user,time,artist,title\nann,1600000000,Björk,Jóga\nbob,1600000000,Björk,Jóga\nann,1600000300,Björk,Hunter\n";
  EXPECT_EQ(import("a.csv", log).added, 3U);
  const ImportReport again = import("a.csv", log);
  EXPECT_EQ(again.added, 0U);
  EXPECT_EQ(again.known, 3U);
  EXPECT_EQ(again.users, (std::set<std::string>{"ann", "bob"}));
}

TEST_F(ImportListensTest, recordings_of_musicbrainz_have_their_id_there) {
  import("a.csv", "user,time,song,artist,title\nann,1600000000,6ec5c43d-1111-4c88-8b0b-000000000000,Björk,Jóga\n");
  ASSERT_EQ(listens_of("ann").size(), 1U);
  EXPECT_EQ(listens_of("ann")[0].recording_mbid, "6ec5c43d-1111-4c88-8b0b-000000000000");
  EXPECT_EQ(listens_of("ann")[0].song_id, "");
}

TEST_F(ImportListensTest, more_listens_than_are_stored_at_once_all_arrive) {
  std::string log = "user,time,artist,title\n";
  for (int i = 0; i < 2500; ++i) log += "ann," + std::to_string(1600000000 + i * 60) + ",Band,Song\n";
  EXPECT_EQ(import("a.csv", log).added, 2500U);
  EXPECT_EQ(store_.listen_count("ann"), 2500U);
}

TEST_F(ImportListensTest, says_why_there_are_no_listens) {
  EXPECT_ERROR(import("a.csv", "user,time,artist,title\nann,soon,Björk,Jóga\n"), ErrorCode::bad_input, "bad_time 1");
  EXPECT_ERROR(import("a.csv", "user,time,artist,title,ms_played\nann,1600000000,Björk,Jóga,9000\n"),
               ErrorCode::bad_input, "1 skips");
  EXPECT_EQ(store_.listen_count("ann"), 0U);
}

}  // namespace
}  // namespace segue::pipeline
