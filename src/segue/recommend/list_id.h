// The id of a list: what a client sends back with what its listener did.
//
// A server keeps nothing about the lists it makes, and replicas share nothing but the store. So the id itself says what
// a report needs: when the list was made, by which route and model, and of an interleaved list the model of each song.
// To clients it is opaque. It names no listener and no song. 96 random bits make it unique; a checksum finds ids that
// were cut short or mistyped. It is not signed: whoever may report events could as well report clicks that never were.
//
//   version (1) · seconds since 1970 (4) · random (12) · kind (1) · model (1 + n) · second model (1 + n)
//   · of an interleaved list: songs that have a team (2), a bit for each · checksum (4); then base64url
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segue::recommend {

// The route that made the list.
enum class ListKind { recommendations, user, radio, journey, similar };
inline constexpr std::array<std::string_view, 5> kListKindNames = {"recommendations", "user", "radio", "journey",
                                                                   "similar"};
constexpr std::span<const std::string_view> names(ListKind) {
  return kListKindNames;
}

// Bytes; so that an id stays short enough for a header and a key of a database.
inline constexpr std::size_t kMostModelName = 100;

struct ListId {
  std::int64_t made_at = 0;  // seconds since 1970, UTC
  std::array<unsigned char, 12> random{};
  ListKind kind = ListKind::recommendations;
  std::string model;
  std::string second;                // the other model of an interleaved list, else ""
  std::vector<bool> is_of_second{};  // of an interleaved list: the team of each song, from the first; others have none

  bool operator==(const ListId&) const = default;
  // For choices that the id shall reproduce.
  std::uint64_t seed() const;
  // The model that the song at this position (from 1) came from; "" if it has no team.
  std::string_view model_of(std::uint32_t position) const;
};

// A new list made now. Throws io_failed if the system has no randomness.
ListId new_list(ListKind kind);

// REQUIRES: names of at most kMostModelName bytes, at most 1000 songs.
std::string text_of(const ListId& id);
// Nothing for a text that no server wrote.
std::optional<ListId> parse_list_id(std::string_view text);

}  // namespace segue::recommend
