// Spotify: account data (StreamingHistory_music_0.json, Playlist1.json) and the extended streaming history
// (Streaming_History_Audio_2019_0.json; also as the CSV some tools make of it).
// https://support.spotify.com/article/understanding-my-data/
#include "segue/data/log/sources/sources.h"

namespace segue::data {

const Source& spotify_account() {
  static const Source source{
      .name = "spotify",
      .product = "Spotify account data",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"endTime", "artistName", "trackName", "msPlayed"});
          },
      .columns = {{Field::time, {"endTime"}},
                  {Field::title, {"trackName"}},
                  {Field::artist, {"artistName"}},
                  {Field::played, {"msPlayed"}}},
      .personal = true,
      .time_is = TimeIs::end,
      .less_exact_than = "spotify-extended",
  };
  return source;
}

const Source& spotify_extended() {
  static const Source source{
      .name = "spotify-extended",
      .product = "Spotify extended streaming history",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"ts", "ms_played", "master_metadata_track_name"});
          },
      .columns = {{Field::user, {"username"}},
                  {Field::song, {"spotify_track_uri"}},
                  {Field::time, {"ts"}},
                  {Field::title, {"master_metadata_track_name"}},
                  {Field::artist, {"master_metadata_album_artist_name"}},
                  {Field::album, {"master_metadata_album_album_name"}},
                  {Field::played, {"ms_played"}},
                  {Field::skipped, {"skipped"}}},
      .personal = true,
      .time_is = TimeIs::end,
  };
  return source;
}

// Exports until 2020 have no trackUri.
const Source& spotify_playlists() {
  static const Source source{
      .name = "spotify-playlists",
      .product = "playlists in Spotify account data",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"name", "items.track.trackName", "items.track.artistName"});
          },
      .columns = {{Field::user, {"name"}},
                  {Field::song, {"items.track.trackUri"}},
                  {Field::time, {"lastModifiedDate"}},
                  {Field::title, {"items.track.trackName"}},
                  {Field::artist, {"items.track.artistName"}},
                  {Field::album, {"items.track.albumName"}},
                  {Field::name, {"name"}}},
      .lists = true,
  };
  return source;
}

}  // namespace segue::data
