// Replies of the ListenBrainz protocol, declared once (base/fields.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/fields.h"
#include "segue/base/json.h"

namespace segue::serve {

struct ListenBrainzStatusReply {
  std::string_view status = "ok";
  std::optional<std::string> recording_msid{};
};

struct ListenBrainzTokenReply {
  int code = 200;
  std::string_view message{};
  bool valid = false;
  std::optional<std::string> user_name{};
};

struct ListenBrainzListenReply {
  std::int64_t inserted_at = 0;
  std::int64_t listened_at = 0;
  std::string recording_msid{};
  std::string user_name{};
  json::object track_metadata{};
};

struct ListenBrainzListensPayload {
  std::size_t count = 0;
  std::int64_t latest_listen_ts = 0;
  std::vector<ListenBrainzListenReply> listens{};
  std::int64_t oldest_listen_ts = 0;
  std::string user_id{};
};

struct ListenBrainzCountPayload {
  std::uint64_t count = 0;
};

struct ListenBrainzPlayingReply {
  bool playing_now = true;
  json::object track_metadata{};
  std::string user_name{};
};

struct ListenBrainzPlayingNowPayload {
  std::size_t count = 0;
  std::vector<ListenBrainzPlayingReply> listens{};
  bool playing_now = true;
  std::string user_id{};
};

struct ListenBrainzListensReply {
  ListenBrainzListensPayload payload{};
};

struct ListenBrainzCountReply {
  ListenBrainzCountPayload payload{};
};

struct ListenBrainzPlayingNowReply {
  ListenBrainzPlayingNowPayload payload{};
};

struct ListenBrainzImportReply {
  std::string musicbrainz_id{};
  std::int64_t latest_import = 0;
};

struct ListenBrainzFeedbackItem {
  std::int64_t created = 0;
  Nullable<std::string> recording_mbid{};
  Nullable<std::string> recording_msid{};
  int score = 0;
  Nullable<std::string> song_id{};
  Nullable<json::object> track_metadata{};
  std::string user_id{};
};

struct ListenBrainzFeedbackReply {
  std::size_t count = 0;
  std::vector<ListenBrainzFeedbackItem> feedback{};
  std::size_t offset = 0;
  std::size_t total_count = 0;
};

struct ListenBrainzErrorReply {
  int code = 0;
  std::string_view error{};
};

}  // namespace segue::serve

namespace segue {

template <>
struct FieldsOf<serve::ListenBrainzStatusReply> {
  static constexpr std::string_view name = "ListenBrainzStatus";
  static constexpr std::string_view description = "The request was carried out";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzStatusReply::status>("status", "\"ok\""),
      field<&serve::ListenBrainzStatusReply::recording_msid>("recording_msid",
                                                             "Of a playing_now, if return_msid was set"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzStatusReply);

template <>
struct FieldsOf<serve::ListenBrainzTokenReply> {
  static constexpr std::string_view name = "ListenBrainzToken";
  static constexpr std::string_view description = "Whether a token is valid";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzTokenReply::code>("code", "200"),
      field<&serve::ListenBrainzTokenReply::message>("message", "The result as a sentence"),
      field<&serve::ListenBrainzTokenReply::valid>("valid", "Whether it is the token of a user"),
      field<&serve::ListenBrainzTokenReply::user_name>("user_name", "The user"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzTokenReply);

template <>
struct FieldsOf<serve::ListenBrainzListenReply> {
  static constexpr std::string_view name = "ListenBrainzListen";
  static constexpr std::string_view description = "A stored listen";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzListenReply::inserted_at>("inserted_at", "When it was stored, in seconds since 1970"),
      field<&serve::ListenBrainzListenReply::listened_at>("listened_at", "Seconds since 1970"),
      field<&serve::ListenBrainzListenReply::recording_msid>("recording_msid", "MessyBrainz id of the song"),
      field<&serve::ListenBrainzListenReply::user_name>("user_name", "The user"),
      field<&serve::ListenBrainzListenReply::track_metadata>("track_metadata", "As submitted"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzListenReply);

template <>
struct FieldsOf<serve::ListenBrainzListensPayload> {
  static constexpr std::string_view name = "ListenBrainzListensPayload";
  static constexpr std::string_view description = "A user's listens, the newest first";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzListensPayload::count>("count", "Number of listens in this reply"),
      field<&serve::ListenBrainzListensPayload::latest_listen_ts>("latest_listen_ts",
                                                                  "Time of the user's newest listen, 0 for none"),
      field<&serve::ListenBrainzListensPayload::listens>("listens", "The listens"),
      field<&serve::ListenBrainzListensPayload::oldest_listen_ts>("oldest_listen_ts",
                                                                  "Time of the user's oldest listen, 0 for none"),
      field<&serve::ListenBrainzListensPayload::user_id>("user_id", "The user"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzListensPayload);

template <>
struct FieldsOf<serve::ListenBrainzCountPayload> {
  static constexpr std::string_view name = "ListenBrainzCountPayload";
  static constexpr std::string_view description = "A count";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzCountPayload::count>("count", "Number of listens"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzCountPayload);

template <>
struct FieldsOf<serve::ListenBrainzPlayingReply> {
  static constexpr std::string_view name = "ListenBrainzPlaying";
  static constexpr std::string_view description = "The song that is playing";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzPlayingReply::playing_now>("playing_now", "true"),
      field<&serve::ListenBrainzPlayingReply::track_metadata>("track_metadata", "As submitted"),
      field<&serve::ListenBrainzPlayingReply::user_name>("user_name", "The user"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzPlayingReply);

template <>
struct FieldsOf<serve::ListenBrainzPlayingNowPayload> {
  static constexpr std::string_view name = "ListenBrainzPlayingNowPayload";
  static constexpr std::string_view description = "What a user is listening to";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzPlayingNowPayload::count>("count", "1, or 0 if nothing is playing"),
      field<&serve::ListenBrainzPlayingNowPayload::listens>("listens", "The song, if there is one"),
      field<&serve::ListenBrainzPlayingNowPayload::playing_now>("playing_now", "true"),
      field<&serve::ListenBrainzPlayingNowPayload::user_id>("user_id", "The user"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzPlayingNowPayload);

template <>
struct FieldsOf<serve::ListenBrainzListensReply> {
  static constexpr std::string_view name = "ListenBrainzListens";
  static constexpr std::string_view description = "A user's listens";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzListensReply::payload>("payload", "The content"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzListensReply);

template <>
struct FieldsOf<serve::ListenBrainzCountReply> {
  static constexpr std::string_view name = "ListenBrainzCount";
  static constexpr std::string_view description = "How many listens a user has";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzCountReply::payload>("payload", "The content"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzCountReply);

template <>
struct FieldsOf<serve::ListenBrainzPlayingNowReply> {
  static constexpr std::string_view name = "ListenBrainzPlayingNow";
  static constexpr std::string_view description = "What a user is listening to";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzPlayingNowReply::payload>("payload", "The content"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzPlayingNowReply);

template <>
struct FieldsOf<serve::ListenBrainzImportReply> {
  static constexpr std::string_view name = "ListenBrainzImport";
  static constexpr std::string_view description = "How far an importer has got";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzImportReply::musicbrainz_id>("musicbrainz_id", "The user"),
      field<&serve::ListenBrainzImportReply::latest_import>("latest_import",
                                                            "Time of the newest imported listen, 0 for none"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzImportReply);

template <>
struct FieldsOf<serve::ListenBrainzFeedbackItem> {
  static constexpr std::string_view name = "ListenBrainzFeedbackItem";
  static constexpr std::string_view description = "A loved or hated song";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzFeedbackItem::created>("created", "When it was set, in seconds since 1970"),
      field<&serve::ListenBrainzFeedbackItem::recording_mbid>("recording_mbid", "MusicBrainz id of the recording"),
      field<&serve::ListenBrainzFeedbackItem::recording_msid>("recording_msid", "MessyBrainz id of the song"),
      field<&serve::ListenBrainzFeedbackItem::score>("score", "1 for loved, -1 for hated"),
      field<&serve::ListenBrainzFeedbackItem::song_id>("song_id", "Id of the song"),
      field<&serve::ListenBrainzFeedbackItem::track_metadata>("track_metadata", "Always null"),
      field<&serve::ListenBrainzFeedbackItem::user_id>("user_id", "The user"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzFeedbackItem);

template <>
struct FieldsOf<serve::ListenBrainzFeedbackReply> {
  static constexpr std::string_view name = "ListenBrainzFeedback";
  static constexpr std::string_view description = "The songs a user loves and hates, the newest first";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzFeedbackReply::count>("count", "Number of songs in this reply"),
      field<&serve::ListenBrainzFeedbackReply::feedback>("feedback", "The songs"),
      field<&serve::ListenBrainzFeedbackReply::offset>("offset", "Number of songs skipped"),
      field<&serve::ListenBrainzFeedbackReply::total_count>("total_count", "Number of all songs"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzFeedbackReply);

template <>
struct FieldsOf<serve::ListenBrainzErrorReply> {
  static constexpr std::string_view name = "ListenBrainzError";
  static constexpr std::string_view description = "An error of the ListenBrainz protocol";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzErrorReply::code>("code", "The HTTP status"),
      field<&serve::ListenBrainzErrorReply::error>("error", "One sentence"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzErrorReply);

}  // namespace segue
