// What streaming services give on request: Apple Music, Tidal, Deezer, YouTube Music.
#include <array>

#include "segue/base/json.h"
#include "segue/data/log/formats/playlist_rows.h"
#include "segue/data/log/sources/sources.h"

namespace segue::data {

namespace {

std::string text_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

// "Watched TITLE", in the language of the account.
constexpr std::array<std::string_view, 15> kBeforeTitle = {
    "Watched ",    "Listened to ",  "Vous avez regardé ", "Vous avez écouté ", "Has visto ",
    "Viste ",      "Escuchaste ",   "Hai guardato ",      "Hai ascoltato ",    "Você assistiu a ",
    "Assistiu a ", "Gekeken naar ", "Geluisterd naar ",   "Tittade på ",       "Obejrzano: ",
};
constexpr std::array<std::string_view, 8> kAfterTitle = {
    " angesehen",           " angehört", " gehört", " bekeken", " beluisterd", " を視聴しました",
    "을(를) 시청했습니다.", " izlendi",
};

std::string title_watched(std::string title) {
  for (const std::string_view before : kBeforeTitle) {
    if (!title.starts_with(before)) continue;
    title.erase(0, before.size());
    break;
  }
  for (const std::string_view after : kAfterTitle) {
    if (title.ends_with(after)) title.resize(title.size() - after.size());
  }
  // A video that is gone has its address as title.
  return title.starts_with("http") && title.find("://") != std::string::npos ? "" : title;
}

// {"header": "YouTube Music", "title": "Watched Song", "titleUrl": "https://music.youtube.com/watch?v=ID", "subtitles":
// [{"name": "Artist - Topic"}], "time": "2024-01-15T10:00:00.000Z"}. Other headers are videos.
void adapt_youtube(json::object& row) {
  json::object plain;
  if (const json::value* time = row.if_contains("time")) plain["time"] = *time;
  const bool music = text_in(row, "header") == "YouTube Music";
  plain["event"] = music ? "music" : "video";
  if (music) {
    std::string artist;
    if (const json::value* list = row.if_contains("subtitles"); list != nullptr && list->is_array()) {
      const json::array& names = list->get_array();
      if (!names.empty() && names.front().is_object()) artist = text_in(names.front().get_object(), "name");
    }
    constexpr std::string_view kTopic = " - Topic";
    if (artist.ends_with(kTopic)) artist.resize(artist.size() - kTopic.size());
    plain["id"] = song_id_of_location(text_in(row, "titleUrl"));
    plain["title"] = title_watched(text_in(row, "title"));
    plain["artist"] = artist;
  }
  row = std::move(plain);
}

}  // namespace

const Source& apple_music() {
  static const Source source{
      .name = "apple-music",
      .product = "Apple Music play activity",
      .recognises =
          [](const FileLook& look) {
            return look.has("Event Start Timestamp") && look.has("Play Duration Milliseconds") &&
                   (look.has("Song Name") || look.has("Content Name"));
          },
      .columns = {{Field::song, {}},
                  {Field::time, {"Event Start Timestamp"}},
                  {Field::title, {"Song Name", "Content Name"}},
                  {Field::artist, {"Artist Name", "Container Artist Name"}},
                  {Field::album, {"Album Name", "Container Album Name"}},
                  {Field::played, {"Play Duration Milliseconds"}},
                  {Field::length, {"Media Duration In Milliseconds"}},
                  {Field::skipped, {"End Reason Type"}},
                  {Field::event, {"Event Type"}}},
      .personal = true,
      .album_names_song = true,
      .listen_event = "PLAY_END",
      .skip_mark = "TRACK_SKIPPED_FORWARDS",
  };
  return source;
}

const Source& apple_music_daily() {
  static const Source source{
      .name = "apple-music-daily",
      .product = "Apple Music daily tracks",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"Date Played", "Track Description"});
          },
      .columns = {{Field::song, {"Track Identifier"}},
                  {Field::time, {"Date Played"}},
                  {Field::title, {"Track Description"}},
                  {Field::artist, {}},
                  {Field::played, {"Play Duration Milliseconds"}}},
      .personal = true,
      .title_holds_artist = true,
      .less_exact_than = "apple-music",
  };
  return source;
}

const Source& tidal() {
  static const Source source{
      .name = "tidal",
      .product = "Tidal",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"track_title", "artist_name", "entry_date"});
          },
      .columns = {{Field::song, {}},
                  {Field::time, {"entry_date"}},
                  {Field::title, {"track_title"}},
                  {Field::artist, {"artist_name"}},
                  {Field::played, {"stream_duration_ms"}}},
      .personal = true,
      .date_order = DateOrder::dmy,
  };
  return source;
}

// The sheet 10_listeningHistory of Deezer's workbook, saved as CSV.
const Source& deezer() {
  static const Source source{
      .name = "deezer",
      .product = "Deezer",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"Song Title", "Artist", "Listening Time", "Date"});
          },
      .columns = {{Field::song, {"ISRC"}},
                  {Field::time, {"Date"}},
                  {Field::title, {"Song Title"}},
                  {Field::artist, {"Artist"}},
                  {Field::album, {"Album Title"}},
                  {Field::played, {"Listening Time"}}},
      .personal = true,
      .played_unit_ms = 1000,
  };
  return source;
}

const Source& youtube_music() {
  static const Source source{
      .name = "youtube-music",
      .product = "YouTube Music watch history",
      .recognises =
          [](const FileLook& look) {
            return look.format == FileFormat::json && look.has_all({"header", "title", "time"}) &&
                   (look.has("titleUrl") || look.has("subtitles.name"));
          },
      .columns = {{Field::song, {"id"}},
                  {Field::time, {"time"}},
                  {Field::title, {"title"}},
                  {Field::artist, {"artist"}},
                  {Field::event, {"event"}}},
      .personal = true,
      .listen_event = "music",
      .adapt = adapt_youtube,
      .contents = "JSON with header, title, titleUrl and time",
  };
  return source;
}

}  // namespace segue::data
