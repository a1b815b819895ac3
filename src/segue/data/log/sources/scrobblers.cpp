// Scrobblers that people run themselves: Maloja, Koito, Pano Scrobbler, and the .scrobbler.log of players.
#include "segue/base/json.h"
#include "segue/data/log/sources/sources.h"

namespace segue::data {

namespace {

// The primary name of {"aliases": [{"alias": "Roygbiv", "is_primary": true}, ...]}.
std::string primary_alias(const json::value* named) {
  const json::object* object = named == nullptr ? nullptr : named->if_object();
  const json::value* aliases = object == nullptr ? nullptr : object->if_contains("aliases");
  const json::array* list = aliases == nullptr ? nullptr : aliases->if_array();
  std::string first;
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const json::object* alias = (*list)[i].if_object();
    const json::value* text = alias == nullptr ? nullptr : alias->if_contains("alias");
    if (text == nullptr || !text->is_string()) continue;
    const json::value* primary = alias->if_contains("is_primary");
    if (primary != nullptr && primary->is_bool() && primary->get_bool()) return std::string(text->get_string());
    if (first.empty()) first = text->get_string();
  }
  return first;
}

void adapt_koito(json::object& row) {
  const std::string title = primary_alias(row.if_contains("track"));
  const std::string album = primary_alias(row.if_contains("album"));
  std::string artists;
  if (const json::value* list = row.if_contains("artists"); list != nullptr && list->is_array()) {
    for (const json::value& artist : list->get_array()) {
      const std::string name = primary_alias(&artist);
      if (!name.empty()) artists += (artists.empty() ? "" : ", ") + name;
    }
  }
  const json::value* track = row.if_contains("track");
  json::object plain{{"title", title}, {"artist", artists}, {"album", album}};
  if (const json::value* time = row.if_contains("listened_at")) plain["listened_at"] = *time;
  if (track != nullptr && track->is_object()) {
    for (const std::string_view key : {"mbid", "duration"}) {
      if (const json::value* value = track->get_object().if_contains(key)) plain[key] = *value;
    }
  }
  row = std::move(plain);
}

}  // namespace

const Source& maloja() {
  static const Source source{
      .name = "maloja",
      .product = "Maloja",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"time", "track.artists", "track.title"});
          },
      .columns = {{Field::song, {}},
                  {Field::time, {"time"}},
                  {Field::title, {"track.title"}},
                  {Field::artist, {"track.artists"}},
                  {Field::album, {"track.album.albumtitle"}},
                  {Field::played, {"duration"}},
                  {Field::length, {"track.length"}}},
      .personal = true,
      .length_unit_ms = 1000,
      .played_unit_ms = 1000,
  };
  return source;
}

const Source& koito() {
  static const Source source{
      .name = "koito",
      .product = "Koito",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"listened_at", "track.aliases.alias", "artists.aliases.alias"});
          },
      .columns = {{Field::song, {"mbid"}},
                  {Field::time, {"listened_at"}},
                  {Field::title, {"title"}},
                  {Field::artist, {"artist"}},
                  {Field::album, {"album"}},
                  {Field::length, {"duration"}}},
      .personal = true,
      .length_unit_ms = 1000,
      .adapt = adapt_koito,
      .contents = "JSON with listened_at, track.aliases and artists.aliases",
  };
  return source;
}

const Source& pano_scrobbler() {
  static const Source source{
      .name = "pano-scrobbler",
      .product = "Pano Scrobbler",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"timeMs", "artist", "track"});
          },
      .columns = {{Field::song, {}},
                  {Field::time, {"timeMs"}},
                  {Field::title, {"track"}},
                  {Field::artist, {"artist"}},
                  {Field::album, {"album"}},
                  {Field::length, {"durationMs"}},
                  {Field::event, {"event"}}},
      .personal = true,
      .listen_event = "scrobble",
  };
  return source;
}

// https://github.com/Rockbox/rockbox: apps/plugins/lastfm_scrobbler.c; the rating is L for listened, S for skipped.
// Files of version 1.0 have no mbid.
const Source& scrobbler_log() {
  static const Source source{
      .name = "scrobbler-log",
      .product = ".scrobbler.log of Rockbox and other players",
      .recognises =
          [](const FileLook& look) {
            return !look.comments.empty() && look.comments.front().starts_with("AUDIOSCROBBLER");
          },
      .columns = {{Field::song, {"mbid"}}, {Field::skipped, {"rating"}}, {Field::length, {"length"}}},
      .personal = true,
      .no_name = "<Untagged>",
      .length_unit_ms = 1000,
      .header = {"artist", "album", "title", "track", "length", "rating", "timestamp", "mbid"},
      .optional_columns = 1,
  };
  return source;
}

}  // namespace segue::data
