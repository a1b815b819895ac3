// The body of POST /1/submit-listens, checked as ListenBrainz checks it, and its listens as they are stored.
//
//   {"listen_type": "single", "payload": [{"listened_at": 1443521965, "track_metadata": {"artist_name": "...",
//    "track_name": "...", "release_name": "...", "additional_info": {"recording_mbid": "...", "tags": [], ...}}}]}
//
// The song's ids (song_id, recording_mbid) are extracted; the object itself is stored unchanged with everything in it.
// An error in one listen refuses the whole request, because the reply cannot say which listens were accepted.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/json_fwd.h"
#include "segue/serve/api/parameters.h"
#include "segue/store/store.h"

namespace segue::serve {

// The limits of api.listenbrainz.org.
inline constexpr std::size_t kMostListensOfRequest = 1000;
inline constexpr std::size_t kMostListenBytes = 10'240;
inline constexpr std::size_t kMostSubmitBytes = kMostListensOfRequest * kMostListenBytes;
inline constexpr std::int64_t kFirstListenedAt = 1'033'410'600;  // 2002-10-01, the year Last.fm began
inline constexpr std::int64_t kClockSkew = 3600;                 // seconds a player's clock may be ahead
inline constexpr std::size_t kMostTags = 50;
inline constexpr std::size_t kMostTagLetters = 64;
inline constexpr std::int64_t kMostDuration = 24 * 24 * 60 * 60;  // seconds
inline constexpr std::int64_t kPlayingNowSeconds = 600;           // of a song of unknown length

enum class ListenType { single, import, playing_now };
inline constexpr std::array<std::string_view, 3> kListenTypeNames = {"single", "import", "playing_now"};
constexpr std::span<const std::string_view> names(ListenType) {
  return kListenTypeNames;
}

struct SubmittedListens {
  ListenType type = ListenType::single;
  std::vector<store::StoredListen> listens;    // of `user`, with msid and track_metadata; listened_at 0 for playing_now
  std::int64_t duration = kPlayingNowSeconds;  // of a playing_now, in seconds
};

// `body_bytes`: the length of the request's body; `now`: seconds since 1970. Throws wrong_use.
SubmittedListens read_submitted(const json::object& body, std::size_t body_bytes, std::string_view user,
                                std::int64_t now);

// listened_at as a client sent it, a number or a text with one. Throws wrong_use outside kFirstListenedAt ... now +
// kClockSkew - 1.
std::int64_t read_listened_at(const json::value* value, std::int64_t now);

// "B1A9C0E9-D987-4042-AE91-78D6A3267D69", with or without hyphens, in MusicBrainz' form: lower case, hyphens. "" for
// anything that is not a UUID.
std::string canonical_uuid(std::string_view text);

}  // namespace segue::serve
