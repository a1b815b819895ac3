// The routes of the ListenBrainz protocol that need a model: what to play for somebody.
#pragma once

#include <limits>
#include <string_view>
#include <vector>

#include "segue/serve/lists/next_songs.h"

namespace segue::serve {

// For parameters that may be as large as a client likes.
inline constexpr std::size_t kNoLimit = std::numeric_limits<std::int32_t>::max();

std::vector<Route> recommended_recording_routes(const ListParts& parts);  // cf/recommendation
std::vector<Route> stats_routes(const ListParts& parts);                  // stats/user
std::vector<Route> created_for_routes(const ListParts& parts);            // playlists/createdfor, playlist
std::vector<Route> explore_routes(const ListParts& parts);                // explore/lb-radio
std::vector<Route> artist_radio_routes(const ListParts& parts);           // lb-radio/artist
std::vector<Route> similar_recording_routes(const ListParts& parts);      // similar-recordings

// The user of the token, or the holder of a service's token.
ListListener list_listener(const Exchange& exchange);

// "easy", "medium" or "hard" as ListenBrainz has them: whether to play what most people play, or what few do.
enum class RadioMode { easy, medium, hard };
inline constexpr std::array<std::string_view, 3> kRadioModeNames = {"easy", "medium", "hard"};
constexpr std::span<const std::string_view> names(RadioMode) {
  return kRadioModeNames;
}
// Of the query. Throws wrong_use, in ListenBrainz's words.
RadioMode mode_parameter(const Exchange& exchange);
// RerankOptions::popularity of a mode.
double popularity_of(RadioMode mode);
// The songs of a group in the order of a mode: each third of them by plays first in one of the modes.
std::vector<data::SongRow> in_order_of(RadioMode mode, std::span<const data::SongRow> most_played_first);

}  // namespace segue::serve
