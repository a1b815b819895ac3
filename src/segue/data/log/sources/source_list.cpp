#include <algorithm>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
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

}  // namespace

bool FileLook::has_all(std::initializer_list<std::string_view> names) const {
  return std::ranges::all_of(names,
                             [&](std::string_view name) { return std::ranges::find(columns, name) != columns.end(); });
}

std::span<const Source* const> all_sources() {
  return sources_in_order();
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

const Source* recognise_source(const FileLook& look) {
  const auto found =
      std::ranges::find_if(sources_in_order(), [&](const Source* source) { return source->recognises(look); });
  return found == sources_in_order().end() ? nullptr : *found;
}

}  // namespace segue::data
