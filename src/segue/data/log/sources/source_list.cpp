#include <algorithm>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/data/log/sources/sources.h"

namespace segue::data {

namespace {

constexpr std::array<const Source*, 21> kSources = {
    &kSpotifyAccount, &kSpotifyExtended,   &kSpotifyPlaylists,
    &kListenBrainz,   &kListenBrainzSpark, &kLastfmCsv,
    &kLastfmJson,     &kLastfmStats,       &kMaloja,
    &kKoito,          &kPanoScrobbler,     &kScrobblerLog,
    &kAppleMusic,     &kAppleMusicDaily,   &kTidal,
    &kDeezer,         &kYouTubeMusic,      &kMillionPlaylists,
    &kJspf,           &kPlayerPlaylist,    &kLastfmBare,
};

}  // namespace

bool FileLook::has_all(std::initializer_list<std::string_view> names) const {
  return std::ranges::all_of(names,
                             [&](std::string_view name) { return std::ranges::find(columns, name) != columns.end(); });
}

std::span<const Source* const> all_sources() {
  return kSources;
}

const Source& source_named(std::string_view name) {
  std::vector<std::string_view> known;
  std::string list;
  for (const Source* source : kSources) {
    if (source->name == name) return *source;
    known.push_back(source->name);
    list += fmt::format("{}{}", list.empty() ? "" : ", ", source->name);
  }
  fail(ErrorCode::wrong_use, "--source: expected auto, usual-names or one of {}; found \"{}\"{}", list, name,
       did_you_mean(name, known));
}

const Source* recognise_source(const FileLook& look) {
  const auto found = std::ranges::find_if(kSources, [&](const Source* source) { return source->recognises(look); });
  return found == kSources.end() ? nullptr : *found;
}

}  // namespace segue::data
