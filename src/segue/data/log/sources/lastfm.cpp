// Last.fm, by the tools that export from it: CSV with names (ghan), CSV without (lastfm-to-csv), JSON as its API
// answers (user.getRecentTracks), and lastfmstats.com.
#include "segue/base/json.h"
#include "segue/data/log/sources/sources.h"
#include "segue/data/log/times.h"

namespace segue::data {

namespace {

// The API's row: {"artist": {"#text": "A", "mbid": ""}, "name": "S", "album": {"#text": "Al"}, "mbid": "", "date":
// {"uts": "1749776100"}}. What is being played has no date.
bool is_api_row(const FileLook& look) {
  return look.format == FileFormat::json && look.has_all({"name", "date.uts"}) &&
         (look.has("artist.#text") || look.has("artist.name"));
}

// The song that is playing has "@attr": {"nowplaying": "true"} and no date.
void adapt_api_row(json::object& row) {
  const json::value* marks = row.if_contains("@attr");
  const json::object* object = marks == nullptr ? nullptr : marks->if_object();
  row["event"] = object != nullptr && object->contains("nowplaying") ? "nowplaying" : "listen";
}

// "Date#rj" -> "rj".
std::string user_of_date_column(const std::vector<std::string>& columns) {
  constexpr std::string_view kDate = "Date#";
  return !columns.empty() && columns.back().starts_with(kDate) ? columns.back().substr(kDate.size()) : "";
}

bool is_bare(const FileLook& look) {
  if (look.format != FileFormat::text || look.columns.size() != 4) return false;
  const TimeRules rules;
  return parse_time(look.columns[3], rules).fault == TimeFault::none &&
         parse_time(look.columns[0], rules).fault != TimeFault::none;
}

}  // namespace

const Source& lastfm_csv() {
  static const Source source{
      .name = "lastfm",
      .product = "Last.fm, as CSV",
      .recognises =
          [](const FileLook& look) {
            return look.has_all({"uts", "artist", "track"});
          },
      .columns = {{Field::song, {"track_mbid"}},
                  {Field::time, {"uts"}},
                  {Field::title, {"track"}},
                  {Field::artist, {"artist"}},
                  {Field::album, {"album"}}},
      .personal = true,
  };
  return source;
}

const Source& lastfm_bare() {
  static const Source source{
      .name = "lastfm-to-csv",
      .product = "Last.fm, as CSV without names of columns",
      .recognises = is_bare,
      .columns = {},
      .personal = true,
      .header = {"artist", "album", "title", "time"},
  };
  return source;
}

const Source& lastfm_json() {
  static const Source source{
      .name = "lastfm-api",
      .product = "Last.fm, as its API answers",
      .recognises = is_api_row,
      .columns = {{Field::song, {"mbid"}},
                  {Field::time, {"date.uts"}},
                  {Field::title, {"name"}},
                  {Field::artist, {"artist.#text", "artist.name"}},
                  {Field::album, {"album.#text"}},
                  {Field::event, {"event"}}},
      .personal = true,
      .listen_event = "listen",
      .adapt = adapt_api_row,
      .contents = "JSON with name, artist and date.uts",
  };
  return source;
}

const Source& lastfm_stats() {
  static const Source source{
      .name = "lastfmstats",
      .product = "lastfmstats.com",
      .recognises =
          [](const FileLook& look) {
            const bool csv = look.has_all({"Artist", "Album", "Track"}) && !look.columns.empty() &&
                             look.columns.back().starts_with("Date");
            return csv || (look.format == FileFormat::json && look.has_all({"track", "artist", "albumId", "date"}));
          },
      .columns = {{Field::song, {}},
                  {Field::title, {"Track", "track"}},
                  {Field::artist, {"Artist", "artist"}},
                  {Field::album, {"Album", "album"}},
                  {Field::time, {"Date", "date", "Date*"}}},
      .personal = true,
      .user_in = user_of_date_column,
  };
  return source;
}

}  // namespace segue::data
