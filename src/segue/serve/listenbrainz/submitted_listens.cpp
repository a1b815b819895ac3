#include "segue/serve/listenbrainz/submitted_listens.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/data/log/log_reader.h"
#include "segue/data/text/text.h"
#include "segue/search/song_matcher.h"

namespace segue::serve {

namespace {

// A whole number as a client may write it: 12, 12.7 or "12". The fraction is dropped.
std::optional<std::int64_t> lenient_integer(const json::value& value) {
  if (value.is_int64()) return value.get_int64();
  double number = 0;
  if (value.is_double()) {
    number = value.get_double();
  } else if (const json::string* text = value.if_string()) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  } else {
    return std::nullopt;
  }
  constexpr double kMost = 9e15;  // up to here every whole number is a double
  if (!std::isfinite(number) || std::abs(number) > kMost) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::string read_name(const json::object& metadata, std::string_view key, bool required) {
  const json::value* const value = metadata.if_contains(key);
  if (value == nullptr && !required) return "";
  if (value == nullptr) {
    fail(ErrorCode::wrong_use, "JSON document does not contain required field track_metadata.{}.", key);
  }
  if (!value->is_string()) fail(ErrorCode::wrong_use, "track_metadata.{} must be a single string.", key);
  const std::string_view name = trimmed(value->get_string(), " \t\n\v\f\r");
  check_bytes(fmt::format("track_metadata.{}", key), name, data::kMostTextBytes);
  const bool empty = name.empty() || data::fold_name(name).empty();  // only whitespace
  if (empty && required) fail(ErrorCode::wrong_use, "field track_metadata.{} is empty.", key);
  return empty ? "" : std::string(name);
}

void check_tags(const json::object& info) {
  const json::value* const tags = info.if_contains("tags");
  if (tags == nullptr) return;
  if (!tags->is_array()) fail(ErrorCode::wrong_use, "track_metadata.additional_info.tags must be a list of strings.");
  if (tags->get_array().size() > kMostTags) {
    fail(ErrorCode::wrong_use,
         "JSON document may not contain more than {} items in track_metadata.additional_info.tags.", kMostTags);
  }
  for (const json::value& tag : tags->get_array()) {
    if (!tag.is_string()) fail(ErrorCode::wrong_use, "track_metadata.additional_info.tags must be a list of strings.");
    if (letters_of(tag.get_string()) > kMostTagLetters) {
      fail(ErrorCode::wrong_use,
           "JSON document may not contain track_metadata.additional_info.tags longer than {} characters.",
           kMostTagLetters);
    }
  }
}

std::optional<std::int64_t> read_duration(const json::object& info, std::string_view key, std::int64_t most) {
  const json::value* const value = info.if_contains(key);
  if (value == nullptr) return std::nullopt;
  const std::optional<std::int64_t> duration = lenient_integer(*value);
  if (!duration || *duration <= 0) {
    fail(ErrorCode::wrong_use, "Value for {} is invalid, should be a positive integer.", key);
  }
  if (*duration > most) fail(ErrorCode::wrong_use, "Value for {} is too large, max permitted value is {}", key, most);
  return duration;
}

std::int64_t playing_seconds(const json::object& info) {
  if (info.contains("duration") && info.contains("duration_ms")) {
    fail(ErrorCode::wrong_use, "JSON document should not contain both duration and duration_ms.");
  }
  const auto seconds = read_duration(info, "duration", kMostDuration);
  const auto milliseconds = read_duration(info, "duration_ms", kMostDuration * 1000);
  return seconds ? *seconds : milliseconds ? *milliseconds / 1000 : kPlayingNowSeconds;
}

bool is_absent(const json::value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty());
}

// "" if there is none.
std::string read_mbid(const json::value& value, std::string_view key) {
  if (is_absent(value)) return "";
  std::string mbid = value.is_string() ? canonical_uuid(value.get_string()) : "";
  if (mbid.empty()) fail(ErrorCode::wrong_use, "{} MBID format invalid.", key);
  return mbid;
}

// Checks all MusicBrainz ids and returns the recording's.
std::string read_mbids(const json::object& info) {
  std::string recording;
  for (const std::string_view key : {"release_mbid", "recording_mbid", "release_group_mbid", "track_mbid"}) {
    const json::value* const value = info.if_contains(key);
    if (value == nullptr) continue;
    const std::string mbid = read_mbid(*value, key);
    if (key == "recording_mbid") recording = mbid;
  }
  for (const std::string_view key : {"artist_mbids", "work_mbids"}) {
    const json::value* const value = info.if_contains(key);
    if (value == nullptr || is_absent(*value)) continue;
    if (!value->is_array()) fail(ErrorCode::wrong_use, "{} MBID format invalid.", key);
    for (const json::value& item : value->get_array()) read_mbid(item, key);
  }
  return recording;
}

// The catalogue's own id if the client sent it, else the last part of the Spotify URL.
std::string read_submitted_song_id(const json::object& info) {
  for (const std::string_view key : {"song_id", "spotify_id"}) {
    const json::value* const value = info.if_contains(key);
    if (value == nullptr || !value->is_string() || value->get_string().empty()) continue;
    const std::string_view id = value->get_string();
    check_bytes(fmt::format("track_metadata.additional_info.{}", key), id, data::kMostIdBytes);
    return std::string(key == "song_id" ? id : search::last_part(id));
  }
  return "";
}

void check_members(const json::object& listen, ListenType type) {
  if (!listen.contains("track_metadata")) {
    fail(ErrorCode::wrong_use, "JSON document must contain the key track_metadata at the top level.");
  }
  if (type == ListenType::playing_now) {
    if (listen.size() > 1) {
      fail(ErrorCode::wrong_use,
           "JSON document may only contain track_metadata as top level key when submitting playing_now.");
    }
  } else if (listen.size() > 2) {
    fail(ErrorCode::wrong_use, "JSON document may only contain listened_at and track_metadata top level keys");
  }
}

// PHP writes a map without entries as a list.
void forgive_empty_list(json::object& object, std::string_view name) {
  json::value* const value = object.if_contains(name);
  if (value != nullptr && value->is_array() && value->get_array().empty()) *value = json::object();
}

// One listen of the payload; a playing_now's length goes to `submitted`.
store::StoredListen read_listen(const json::value& value, std::int64_t now, SubmittedListens& submitted) {
  if (!value.is_object()) fail(ErrorCode::wrong_use, "Listen is empty and cannot be validated.");
  const json::object& object = value.get_object();
  store::StoredListen listen;
  if (submitted.type != ListenType::playing_now) {
    listen.listened_at = read_listened_at(object.if_contains("listened_at"), now);
  } else if (object.contains("listened_at")) {
    fail(ErrorCode::wrong_use, "JSON document must not contain listened_at while submitting playing_now.");
  }
  check_members(object, submitted.type);
  const json::value& metadata_value = object.at("track_metadata");
  if (!metadata_value.is_object()) fail(ErrorCode::wrong_use, "track_metadata must be a JSON object.");
  json::object metadata = metadata_value.get_object();
  forgive_empty_list(metadata, "additional_info");
  listen.title = read_name(metadata, "track_name", true);
  listen.artist = read_name(metadata, "artist_name", true);
  listen.release = read_name(metadata, "release_name", false);
  if (const json::value* const info_value = metadata.if_contains("additional_info")) {
    if (!info_value->is_object()) {
      fail(ErrorCode::wrong_use, "track_metadata.additional_info must be a JSON object.");
    }
    const json::object& info = info_value->get_object();
    check_tags(info);
    submitted.duration = playing_seconds(info);
    listen.recording_mbid = read_mbids(info);
    listen.song_id = read_submitted_song_id(info);
  }
  listen.track_metadata = json::serialize(metadata);
  if (listen.track_metadata.size() > kMostListenBytes) {
    fail(ErrorCode::wrong_use, "JSON document is too large. Each listens may not be larger than {} bytes.",
         kMostListenBytes);
  }
  return listen;
}

ListenType read_type(const json::object& body) {
  const json::value* const value = body.if_contains("listen_type");
  if (value == nullptr) fail(ErrorCode::wrong_use, "Invalid JSON document submitted.");
  const std::string_view name = value->is_string() ? std::string_view(value->get_string()) : "";
  const auto found = std::ranges::find(kListenTypeNames, name);
  if (found == kListenTypeNames.end()) {
    fail(ErrorCode::wrong_use, "JSON document requires a valid listen_type key.");
  }
  return static_cast<ListenType>(found - kListenTypeNames.begin());
}

const json::array& read_payload(const json::object& body, std::size_t body_bytes) {
  const json::value* const value = body.if_contains("payload");
  if (value == nullptr) fail(ErrorCode::wrong_use, "Invalid JSON document submitted.");
  if (!value->is_array()) {
    fail(ErrorCode::wrong_use, "The payload in the JSON document should be a list of listens.");
  }
  const json::array& payload = value->get_array();
  if (payload.empty()) fail(ErrorCode::wrong_use, "JSON document does not contain any listens");
  if (payload.size() > kMostListensOfRequest) {
    fail(ErrorCode::wrong_use, "Too many listens. You may not submit more than {} listens at once.",
         kMostListensOfRequest);
  }
  if (body_bytes > payload.size() * kMostListenBytes) {
    fail(ErrorCode::wrong_use, "JSON document is too large. Each listens may not be larger than {} bytes.",
         kMostListenBytes);
  }
  return payload;
}

}  // namespace

SubmittedListens read_submitted(const json::object& body, std::size_t body_bytes, std::string_view user,
                                std::int64_t now) {
  const json::array& payload = read_payload(body, body_bytes);
  SubmittedListens submitted;
  submitted.type = read_type(body);
  if (submitted.type != ListenType::import && payload.size() > 1) {
    fail(ErrorCode::wrong_use,
         "JSON document contains more than listen for a single/playing_now. It should contain only one.");
  }
  submitted.listens.reserve(payload.size());
  for (const json::value& value : payload) {
    store::StoredListen& listen = submitted.listens.emplace_back(read_listen(value, now, submitted));
    listen.user = user;
    listen.msid = store::msid_of(listen);
  }
  return submitted;
}

std::int64_t read_listened_at(const json::value* value, std::int64_t now) {
  if (value == nullptr) {
    fail(ErrorCode::wrong_use, "JSON document must contain the key listened_at at the top level.");
  }
  if (value->is_uint64()) fail(ErrorCode::wrong_use, "Value for key listened_at is too high.");
  const std::optional<std::int64_t> time = lenient_integer(*value);
  if (!time) fail(ErrorCode::wrong_use, "JSON document must contain an int value for listened_at.");
  if (*time >= now + kClockSkew) {
    fail(ErrorCode::wrong_use,
         "Value for key listened_at is too high. listened_at timestamp {} is in the future: this server's clock says "
         "{}.",
         *time, now);
  }
  if (*time < kFirstListenedAt) {
    fail(ErrorCode::wrong_use,
         "Value for key listened_at is too low. listened_at timestamp should be greater than {} "
         "(2002-10-01 00:00:00 UTC).",
         kFirstListenedAt);
  }
  return *time;
}

std::string canonical_uuid(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string uuid;
  for (const char letter : text) {
    const std::size_t at = uuid.size();
    if (letter == '-' && (at == 9 || at == 14 || at == 19 || at == 24)) continue;  // skipped: written separately
    const char lower = ascii_lower(letter);
    if (kHex.find(lower) == std::string_view::npos || at >= 36) return "";
    uuid += lower;
    if (uuid.size() == 8 || uuid.size() == 13 || uuid.size() == 18 || uuid.size() == 23) uuid += '-';
  }
  const bool whole = uuid.size() == 36 && (text.size() == 32 || text.size() == 36);
  return whole ? uuid : "";
}

}  // namespace segue::serve
