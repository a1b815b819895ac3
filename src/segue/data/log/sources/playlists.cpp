// Playlists: slices of the Million Playlist Dataset, and the files of players (JSPF, XSPF, M3U8).
#include "segue/data/log/sources/sources.h"

namespace segue::data {

// https://www.aicrowd.com/challenges/spotify-million-playlist-dataset-challenge
const Source& million_playlists() {
  static const Source source{
      .name = "million-playlists",
      .product = "a slice of the Million Playlist Dataset",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"pid", "tracks.track_uri", "tracks.track_name"});
          },
      .columns = {{Field::user, {"pid"}},
                  {Field::song, {"tracks.track_uri"}},
                  {Field::time, {"modified_at"}},
                  {Field::title, {"tracks.track_name"}},
                  {Field::artist, {"tracks.artist_name"}},
                  {Field::album, {"tracks.album_name"}},
                  {Field::name, {"name"}}},
      .lists = true,
  };
  return source;
}

// https://www.xspf.org/jspf
const Source& jspf() {
  static const Source source{
      .name = "jspf",
      .product = "a JSPF playlist",
      .recognises =
          [](const FileLook& look) {
            return look.format == FileFormat::json && look.has("track.title") &&
                   (look.has("track.identifier") || look.has("track.creator") || look.has("track.location"));
          },
      .columns = {{Field::user, {"title"}},
                  {Field::song, {"track.identifier", "track.location"}},
                  {Field::time, {"date"}},
                  {Field::title, {"track.title"}},
                  {Field::artist, {"track.creator"}},
                  {Field::album, {"track.album"}},
                  {Field::name, {"title"}}},
      .lists = true,
  };
  return source;
}

const Source& player_playlist() {
  static const Source source{
      .name = "player-playlist",
      .product = "an M3U8 or XSPF playlist",
      .recognises =
          [](const FileLook& look) { return look.format == FileFormat::m3u8 || look.format == FileFormat::xspf; },
      .columns = {{Field::user, {"playlist"}},
                  {Field::song, {"songs"}},
                  {Field::time, {}},
                  {Field::title, {"title"}},
                  {Field::artist, {"artist"}},
                  {Field::album, {"album"}},
                  {Field::name, {"playlist"}}},
      .lists = true,
  };
  return source;
}

}  // namespace segue::data
