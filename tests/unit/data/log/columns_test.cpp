#include "segue/data/log/columns.h"

#include <functional>

#include <gtest/gtest.h>

#include "segue/base/error.h"

namespace segue::data {
namespace {

using Names = std::vector<std::string>;

std::string column(const Names& names, const RecognisedColumns& found, Field field) {
  const auto& index = found.columns[static_cast<std::size_t>(field)];
  return index ? names[*index] : "";
}

RecognisedColumns recognise(const Names& names, const NamedColumns& named = {}, InputKind kind = InputKind::automatic,
                            bool has_user = false) {
  ColumnRequest request;
  request.file = "log.csv";
  request.named = named;
  request.kind = kind;
  request.has_user = has_user;
  return recognise_input(names, request);
}

TEST(Columns, the_ones_real_logs_have) {
  struct Log {
    Names names;
    std::string user, time, song, artist, title, album, played;
  };
  const std::vector<Log> logs = {
      {{"user", "ts", "artist", "title", "ms_played", "source"}, "user", "ts", "", "artist", "title", "", "ms_played"},
      // Spotify's extended history, with the user of older exports
      {{"ts", "username", "platform", "ms_played", "master_metadata_track_name", "master_metadata_album_artist_name",
        "master_metadata_album_album_name", "spotify_track_uri", "episode_name"},
       "username",
       "ts",
       "spotify_track_uri",
       "master_metadata_album_artist_name",
       "master_metadata_track_name",
       "master_metadata_album_album_name",
       "ms_played"},
      // ListenBrainz
      {{"user_name", "listened_at", "track_metadata.artist_name", "track_metadata.track_name",
        "track_metadata.release_name", "recording_msid"},
       "user_name",
       "listened_at",
       "",  // names a spelling, not a recording
       "track_metadata.artist_name",
       "track_metadata.track_name",
       "track_metadata.release_name",
       ""},
      // Last.fm exports
      {{"user", "uts", "utc_time", "artist", "artist_mbid", "album", "album_mbid", "track", "track_mbid"},
       "user",
       "uts",
       "track_mbid",
       "artist",
       "track",
       "album",
       ""},
      // LFM-1b, LFM-2b
      {{"user_id", "track_id", "album_id", "timestamp"}, "user_id", "timestamp", "track_id", "", "", "", ""},
      {{"userid", "timestamp", "artist-name", "track-name"},
       "userid",
       "timestamp",
       "",
       "artist-name",
       "track-name",
       "",
       ""},
      {{"User ID", "Song", "Time"}, "User ID", "Time", "Song", "", "", "", ""},
  };
  for (const Log& log : logs) {
    const RecognisedColumns found = recognise(log.names);
    EXPECT_EQ(found.role, Role::listens);
    EXPECT_EQ(column(log.names, found, Field::user), log.user);
    EXPECT_EQ(column(log.names, found, Field::time), log.time);
    EXPECT_EQ(column(log.names, found, Field::song), log.song);
    EXPECT_EQ(column(log.names, found, Field::artist), log.artist);
    EXPECT_EQ(column(log.names, found, Field::title), log.title);
    EXPECT_EQ(column(log.names, found, Field::album), log.album);
    EXPECT_EQ(column(log.names, found, Field::played), log.played);
  }
}

TEST(Columns, playlists_by_their_song_lists) {
  const Names names = {"playlist_id", "name", "followers", "track_ids"};
  const RecognisedColumns found = recognise(names);
  EXPECT_EQ(found.role, Role::playlists);
  EXPECT_EQ(column(names, found, Field::user), "playlist_id");
  EXPECT_EQ(column(names, found, Field::song), "track_ids");
  EXPECT_EQ(column(names, found, Field::time), "");
}

TEST(Columns, histories_are_queues_of_their_listeners) {
  const Names histories = {"user", "songs"};
  const RecognisedColumns found = recognise(histories);
  EXPECT_EQ(found.role, Role::playlists);
  EXPECT_EQ(column(histories, found, Field::user), "user");
  EXPECT_EQ(column(histories, found, Field::song), "songs");
  const Names owned = {"user", "playlist_id", "songs"};
  EXPECT_EQ(column(owned, recognise(owned), Field::user), "playlist_id");
}

TEST(Columns, named_ones_win) {
  const Names names = {"user", "who", "ts", "song_id", "Item Code"};
  NamedColumns named;
  named[static_cast<std::size_t>(Field::user)] = "who";
  named[static_cast<std::size_t>(Field::song)] = "item_code";
  const RecognisedColumns found = recognise(names, named);
  EXPECT_EQ(column(names, found, Field::user), "who");
  EXPECT_EQ(column(names, found, Field::song), "Item Code");
}

std::string error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST(Columns, missing_ones_are_named_with_those_found) {
  const std::string error = error_of([] { recognise({"foo", "ts"}); });
  EXPECT_NE(error.find("log.csv: found the columns foo, ts; wanted a user"), std::string::npos) << error;
  error_of([] { recognise({"user", "song_id"}); });
  error_of([] { recognise({"user", "ts", "artist"}); });
  error_of([] { recognise({"user", "ts", "song_id"}, {}, InputKind::playlists); });
  error_of([] { recognise_songs({"track_id"}, ColumnRequest()); });
  NamedColumns named;
  named[static_cast<std::size_t>(Field::user)] = "usr";
  const std::string mistyped = error_of([&] { recognise({"user", "ts", "song_id"}, named); });
  EXPECT_NE(mistyped.find("did you mean user?"), std::string::npos) << mistyped;
}

TEST(Columns, a_given_user_needs_no_column) {
  EXPECT_EQ(recognise({"ts", "artist", "title"}, {}, InputKind::automatic, true).role, Role::listens);
}

}  // namespace
}  // namespace segue::data
