// What listeners did with a list: each song of it that they saw, clicked, played, skipped or saved.
//
// Events measure lists. They are no listens and no feedback, and nothing is recommended from them: a client that
// reports a play or a skip to the ListenBrainz protocol as well is not counted twice.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

namespace segue::store {

enum class ListEvent { impression, click, play, skip, save };
inline constexpr std::array<std::string_view, 5> kListEventNames = {"impression", "click", "play", "skip", "save"};
constexpr std::span<const std::string_view> names(ListEvent) {
  return kListEventNames;
}

// One event. Texts are valid UTF-8 without NUL. The same list, position, song and event count once, whatever else is
// said with them.
struct StoredEvent {
  std::string list;            // the id of the list, as its reply gave it
  std::int64_t made_at = 0;    // when the list was made: seconds since 1970, UTC
  std::uint32_t position = 1;  // of the song in the list, from 1
  std::string song;            // its id in the list
  ListEvent event = ListEvent::impression;
  std::optional<std::int64_t> played_ms;  // how long it was played, if that is known
  std::int64_t happened_at = 0;           // seconds since 1970, UTC
  std::string user;                       // "" if the client does not say who

  bool operator==(const StoredEvent&) const = default;
};

constexpr std::string_view name_of(ListEvent event) {
  return kListEventNames[static_cast<std::size_t>(event)];
}

// What makes an event known already; also the order in which events are read.
inline auto event_key(const StoredEvent& event) {
  return std::tuple(std::string_view(event.list), event.position, name_of(event.event), std::string_view(event.song));
}

}  // namespace segue::store
