#include <algorithm>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/data/log/formats/delimited_rows.h"
#include "segue/data/log/formats/json_rows.h"
#include "segue/data/log/sources/sources.h"

namespace segue::data {

namespace {

// The order in which they are tried: the less telling their columns, the later.
const std::vector<const Source*>& sources_in_order() {
  static const std::vector<const Source*> sources = {
      &spotify_account(),
      &spotify_extended(),
      &spotify_playlists(),
      &listenbrainz(),
      &listenbrainz_spark(),
      &lastfm_csv(),
      &lastfm_json(),
      &lastfm_stats(),
      &maloja(),
      &koito(),
      &pano_scrobbler(),
      &scrobbler_log(),
      &apple_music(),
      &apple_music_daily(),
      &tidal(),
      &deezer(),
      &youtube_music(),
      &million_playlists(),
      &jspf(),
      &player_playlist(),
      &lastfm_bare(),
  };
  return sources;
}

// The source that recognises the file; nullptr if none does.
const Source* recognised(const FileLook& look) {
  const auto found =
      std::ranges::find_if(sources_in_order(), [&](const Source* source) { return source->recognises(look); });
  return found == sources_in_order().end() ? nullptr : *found;
}

}  // namespace

bool FileLook::has_all(std::initializer_list<std::string_view> names) const {
  return std::ranges::all_of(names,
                             [&](std::string_view name) { return std::ranges::find(columns, name) != columns.end(); });
}

const Source& source_named(std::string_view name) {
  std::vector<std::string_view> known;
  std::string list;
  for (const Source* source : sources_in_order()) {
    if (source->name == name) return *source;
    known.push_back(source->name);
    list += fmt::format("{}{}", list.empty() ? "" : ", ", source->name);
  }
  fail(ErrorCode::wrong_use, "--source: expected auto, usual-names or one of {}; found \"{}\"{}", list, name,
       did_you_mean(name, known));
}

const Source* settle_source(OpenedRows& opened, const Source* forced, bool has_header) {
  auto* const text = dynamic_cast<DelimitedRows*>(opened.rows.get());
  auto* const json = dynamic_cast<JsonRows*>(opened.rows.get());
  const Source* source = forced;
  if (source == nullptr) {
    source = recognised(
        {opened.format, opened.rows->columns(), text == nullptr ? std::vector<std::string>() : text->comments()});
  }
  if (source == nullptr) return nullptr;
  const bool fits = !source->header.empty() && source->header.size() == opened.rows->columns().size();
  if (text != nullptr && fits && !has_header) text->name_columns({source->header.begin(), source->header.end()});
  if (json != nullptr && source->adapt != nullptr) json->adapt(source->adapt);
  return source;
}

}  // namespace segue::data
