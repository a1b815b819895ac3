// The events of a store, put together to lists: what a listener did with each song.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/recommend/list_id.h"
#include "segue/store/store.h"

namespace segue::evaluate {

// What a rate counts.
enum class Response { click, play, skip, save };
inline constexpr std::array<std::string_view, 4> kResponseNames = {"click", "play", "skip", "save"};
constexpr std::span<const std::string_view> names(Response) {
  return kResponseNames;
}

// What a listener did with one song of a list.
struct SongResponses {
  std::uint32_t position = 1;
  std::string song{};  // its id
  bool shown = false;
  std::array<bool, kResponseNames.size()> is{};  // by Response
  std::optional<std::int64_t> played_ms{};       // the longest time it was played, if that is known
};

struct ListResponses {
  recommend::ListId id;
  std::string user;                  // "" if unknown
  std::vector<SongResponses> songs;  // by position
};

// Every list made at `since` (seconds since 1970) or later that has an event, ordered by the text of its id. A song is
// played if it was for `played`, or for a time that is not known. Returns the number of events. Throws as the store
// does, corrupt for an id that no server made.
std::uint64_t for_each_list(store::ListenStore& store, std::int64_t since, std::chrono::milliseconds played,
                            const std::function<void(const ListResponses&)>& each);

}  // namespace segue::evaluate
