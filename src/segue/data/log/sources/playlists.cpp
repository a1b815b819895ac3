// Playlists: slices of the Million Playlist Dataset, and the files of players (JSPF, XSPF, M3U8).
#include "segue/base/json.h"
#include "segue/data/log/formats/playlist_rows.h"
#include "segue/data/log/sources/sources.h"

namespace segue::data {

namespace {

// The first text of an attribute that is one or a list of them.
const json::value* first_text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value != nullptr && value->is_array()) {
    const json::array& list = value->get_array();
    value = list.empty() ? nullptr : &list.front();
  }
  return value != nullptr && value->is_string() ? value : nullptr;
}

// A track has an identifier, a location, both or neither, each in a list. The one that names a recording is kept.
void adapt_jspf(json::object& row) {
  json::value* const tracks = row.if_contains("track");
  if (tracks == nullptr || !tracks->is_array()) return;
  for (json::value& track : tracks->get_array()) {
    json::object* const object = track.if_object();
    if (object == nullptr) continue;
    json::value place = "";
    for (const std::string_view key : {"identifier", "location"}) {
      const json::value* text = first_text(*object, key);
      if (text == nullptr || song_id_of_location(text->get_string()).empty()) continue;
      place = *text;
      break;
    }
    (*object)["place"] = std::move(place);
  }
}

}  // namespace

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
                  {Field::song, {"track.place"}},
                  {Field::time, {"date"}},
                  {Field::title, {"track.title"}},
                  {Field::artist, {"track.creator"}},
                  {Field::album, {"track.album"}},
                  {Field::name, {"title"}}},
      .lists = true,
      .ids_are_locations = true,
      .adapt = adapt_jspf,
      .contents = "JSON with track.title and track.creator or track.identifier",
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
      .contents = "which begins with #EXTM3U or holds <playlist>",
  };
  return source;
}

}  // namespace segue::data
