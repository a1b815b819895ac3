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

struct ListenBrainzRecordingReply {
  std::string recording_mbid{};
  float score = 0;
};

struct ListenBrainzRecommendationsPayload {
  std::size_t count = 0;
  std::string_view entity = "recording";
  std::int64_t last_updated = 0;
  std::vector<ListenBrainzRecordingReply> mbids{};
  std::size_t offset = 0;
  std::size_t total_mbid_count = 0;
  std::string_view type{};
  std::string user_name{};
};

struct ListenBrainzRecommendationsReply {
  ListenBrainzRecommendationsPayload payload{};
};

struct ListenBrainzTrackReply {
  std::optional<std::vector<std::string>> identifier{};
  std::string title{};
  std::string creator{};
  std::optional<std::string> album{};
  json::object extension{};
};

struct ListenBrainzPlaylist {
  std::string_view creator{};
  std::string title{};
  std::optional<std::string> annotation{};
  std::optional<std::string> identifier{};
  std::string date{};
  json::object extension{};
  std::vector<ListenBrainzTrackReply> track{};
};

struct ListenBrainzPlaylistReply {
  ListenBrainzPlaylist playlist{};
};

struct ListenBrainzPlaylistsReply {
  std::size_t count = 0;
  std::size_t offset = 0;
  std::size_t playlist_count = 0;
  std::vector<ListenBrainzPlaylistReply> playlists{};
};

struct ListenBrainzRadioPayload {
  ListenBrainzPlaylistReply jspf{};
  std::vector<std::string> feedback{};
};

struct ListenBrainzRadioReply {
  ListenBrainzRadioPayload payload{};
};

struct ListenBrainzSimilarReply {
  std::string recording_mbid{};
  std::string_view recording_name{};
  std::string_view artist_credit_name{};
  Nullable<std::vector<std::string>> artist_credit_mbids{};
  Nullable<std::string> release_name{};
  Nullable<std::string> release_mbid{};
  std::size_t score = 0;
  std::string reference_mbid{};
};

struct ListenBrainzRecordingCount {
  std::string artist_name{};
  std::string track_name{};
  std::optional<std::string> recording_mbid{};
  std::uint64_t listen_count = 0;
};

struct ListenBrainzArtistCount {
  std::string artist_name{};
  std::uint64_t listen_count = 0;
};

struct ListenBrainzStatsBase {
  std::size_t count = 0;
  std::int64_t from_ts = 0;
  std::int64_t last_updated = 0;
  std::size_t offset = 0;
  std::string range{};
  std::int64_t to_ts = 0;
  std::string user_id{};
};

struct ListenBrainzRecordingStats : ListenBrainzStatsBase {
  std::vector<ListenBrainzRecordingCount> recordings{};
  std::size_t total_recording_count = 0;
};

struct ListenBrainzArtistStats : ListenBrainzStatsBase {
  std::vector<ListenBrainzArtistCount> artists{};
  std::size_t total_artist_count = 0;
};

struct ListenBrainzRecordingStatsReply {
  ListenBrainzRecordingStats payload{};
};

struct ListenBrainzArtistStatsReply {
  ListenBrainzArtistStats payload{};
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
struct FieldsOf<serve::ListenBrainzRecordingReply> {
  static constexpr std::string_view name = "ListenBrainzRecording";
  static constexpr std::string_view description = "A recommended recording";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzRecordingReply::recording_mbid>("recording_mbid", "Its MusicBrainz id"),
      field<&serve::ListenBrainzRecordingReply::score>("score", "The larger, the better"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzRecordingReply);

template <>
struct FieldsOf<serve::ListenBrainzRecommendationsPayload> {
  static constexpr std::string_view name = "ListenBrainzRecommendationsPayload";
  static constexpr std::string_view description = "Recordings that a user has not played yet";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzRecommendationsPayload::count>("count", "How many are in this reply"),
      field<&serve::ListenBrainzRecommendationsPayload::entity>("entity", "\"recording\""),
      field<&serve::ListenBrainzRecommendationsPayload::last_updated>("last_updated", "When the model was loaded"),
      field<&serve::ListenBrainzRecommendationsPayload::mbids>("mbids", "The recordings, the best first"),
      field<&serve::ListenBrainzRecommendationsPayload::offset>("offset", "How many were skipped"),
      field<&serve::ListenBrainzRecommendationsPayload::total_mbid_count>("total_mbid_count", "How many there are"),
      field<&serve::ListenBrainzRecommendationsPayload::type>("type", "top, similar or raw"),
      field<&serve::ListenBrainzRecommendationsPayload::user_name>("user_name", "The user"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzRecommendationsPayload);

template <>
struct FieldsOf<serve::ListenBrainzRecommendationsReply> {
  static constexpr std::string_view name = "ListenBrainzRecommendations";
  static constexpr std::string_view description = "Recommended recordings";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzRecommendationsReply::payload>("payload", "The recordings"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzRecommendationsReply);

template <>
struct FieldsOf<serve::ListenBrainzTrackReply> {
  static constexpr std::string_view name = "ListenBrainzTrack";
  static constexpr std::string_view description = "A song of a playlist, as JSPF";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzTrackReply::identifier>(
          "identifier", "Address of the recording at MusicBrainz, if the song has an id of it"),
      field<&serve::ListenBrainzTrackReply::title>("title", "Title"),
      field<&serve::ListenBrainzTrackReply::creator>("creator", "Artist"),
      field<&serve::ListenBrainzTrackReply::album>("album", "Album, if known"),
      field<&serve::ListenBrainzTrackReply::extension>(
          "extension", "When it was added, by whom, and the song's id in the catalogue"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzTrackReply);

template <>
struct FieldsOf<serve::ListenBrainzPlaylist> {
  static constexpr std::string_view name = "ListenBrainzPlaylist";
  static constexpr std::string_view description = "A playlist as JSPF";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzPlaylist::creator>("creator", "Who made it"),
      field<&serve::ListenBrainzPlaylist::title>("title", "Title"),
      field<&serve::ListenBrainzPlaylist::annotation>("annotation", "What is in it"),
      field<&serve::ListenBrainzPlaylist::identifier>("identifier", "Ends with the id of the playlist, if it is kept"),
      field<&serve::ListenBrainzPlaylist::date>("date", "When it was made"),
      field<&serve::ListenBrainzPlaylist::extension>("extension", "For whom, by which rule, and until when"),
      field<&serve::ListenBrainzPlaylist::track>("track", "The songs; none in lists of playlists"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzPlaylist);

template <>
struct FieldsOf<serve::ListenBrainzPlaylistReply> {
  static constexpr std::string_view name = "ListenBrainzPlaylistDocument";
  static constexpr std::string_view description = "A playlist";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzPlaylistReply::playlist>("playlist", "The playlist"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzPlaylistReply);

template <>
struct FieldsOf<serve::ListenBrainzPlaylistsReply> {
  static constexpr std::string_view name = "ListenBrainzPlaylists";
  static constexpr std::string_view description = "Playlists made for a user, without their songs";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzPlaylistsReply::count>("count", "The most playlists asked for"),
      field<&serve::ListenBrainzPlaylistsReply::offset>("offset", "Playlists skipped"),
      field<&serve::ListenBrainzPlaylistsReply::playlist_count>("playlist_count", "Number of playlists in all"),
      field<&serve::ListenBrainzPlaylistsReply::playlists>("playlists", "The playlists, the newest first"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzPlaylistsReply);

template <>
struct FieldsOf<serve::ListenBrainzRadioPayload> {
  static constexpr std::string_view name = "ListenBrainzRadioPayload";
  static constexpr std::string_view description = "A playlist made from a prompt";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzRadioPayload::jspf>("jspf", "The playlist"),
      field<&serve::ListenBrainzRadioPayload::feedback>("feedback", "What it was made from, in sentences"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzRadioPayload);

template <>
struct FieldsOf<serve::ListenBrainzRadioReply> {
  static constexpr std::string_view name = "ListenBrainzRadio";
  static constexpr std::string_view description = "A playlist made from a prompt";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzRadioReply::payload>("payload", "The content"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzRadioReply);

template <>
struct FieldsOf<serve::ListenBrainzSimilarReply> {
  static constexpr std::string_view name = "ListenBrainzSimilar";
  static constexpr std::string_view description = "A recording to play after another";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzSimilarReply::recording_mbid>("recording_mbid", "MusicBrainz id of the recording"),
      field<&serve::ListenBrainzSimilarReply::recording_name>("recording_name", "Title"),
      field<&serve::ListenBrainzSimilarReply::artist_credit_name>("artist_credit_name", "Artist"),
      field<&serve::ListenBrainzSimilarReply::artist_credit_mbids>("artist_credit_mbids", "Always null"),
      field<&serve::ListenBrainzSimilarReply::release_name>("release_name", "Album"),
      field<&serve::ListenBrainzSimilarReply::release_mbid>("release_mbid", "Always null"),
      field<&serve::ListenBrainzSimilarReply::score>("score", "The larger, the sooner to be played"),
      field<&serve::ListenBrainzSimilarReply::reference_mbid>("reference_mbid",
                                                              "The recording asked about that it is most like"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzSimilarReply);

template <>
struct FieldsOf<serve::ListenBrainzRecordingCount> {
  static constexpr std::string_view name = "ListenBrainzRecordingCount";
  static constexpr std::string_view description = "How often a recording was played";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzRecordingCount::artist_name>("artist_name", "Artist"),
      field<&serve::ListenBrainzRecordingCount::track_name>("track_name", "Title"),
      field<&serve::ListenBrainzRecordingCount::recording_mbid>("recording_mbid",
                                                                "MusicBrainz id of the recording, if a listen has one"),
      field<&serve::ListenBrainzRecordingCount::listen_count>("listen_count", "Number of listens"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzRecordingCount);

template <>
struct FieldsOf<serve::ListenBrainzArtistCount> {
  static constexpr std::string_view name = "ListenBrainzArtistCount";
  static constexpr std::string_view description = "How often an artist was played";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzArtistCount::artist_name>("artist_name", "Artist"),
      field<&serve::ListenBrainzArtistCount::listen_count>("listen_count", "Number of listens"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzArtistCount);

template <>
struct FieldsOf<serve::ListenBrainzStatsBase> {
  static constexpr std::string_view name = "ListenBrainzStatsBase";
  static constexpr std::string_view description = "What a user played most";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzStatsBase::count>("count", "Entries in this reply"),
      field<&serve::ListenBrainzStatsBase::from_ts>("from_ts", "Beginning of the range, in seconds since 1970"),
      field<&serve::ListenBrainzStatsBase::last_updated>("last_updated", "When this was counted"),
      field<&serve::ListenBrainzStatsBase::offset>("offset", "Entries skipped"),
      field<&serve::ListenBrainzStatsBase::range>("range", "The range, as it was asked for"),
      field<&serve::ListenBrainzStatsBase::to_ts>("to_ts", "End of the range"),
      field<&serve::ListenBrainzStatsBase::user_id>("user_id", "The user"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzStatsBase);

template <>
struct FieldsOf<serve::ListenBrainzRecordingStats> {
  using Base = serve::ListenBrainzStatsBase;
  static constexpr std::string_view name = "ListenBrainzRecordingStats";
  static constexpr std::string_view description = "The recordings that a user played most";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzRecordingStats::recordings>("recordings", "The recordings, the most played first"),
      field<&serve::ListenBrainzRecordingStats::total_recording_count>("total_recording_count",
                                                                       "Number of recordings in the range"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzRecordingStats);

template <>
struct FieldsOf<serve::ListenBrainzArtistStats> {
  using Base = serve::ListenBrainzStatsBase;
  static constexpr std::string_view name = "ListenBrainzArtistStats";
  static constexpr std::string_view description = "The artists that a user played most";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzArtistStats::artists>("artists", "The artists, the most played first"),
      field<&serve::ListenBrainzArtistStats::total_artist_count>("total_artist_count",
                                                                 "Number of artists in the range"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzArtistStats);

template <>
struct FieldsOf<serve::ListenBrainzRecordingStatsReply> {
  static constexpr std::string_view name = "ListenBrainzRecordingStatsDocument";
  static constexpr std::string_view description = "The recordings that a user played most";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzRecordingStatsReply::payload>("payload", "The content"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzRecordingStatsReply);

template <>
struct FieldsOf<serve::ListenBrainzArtistStatsReply> {
  static constexpr std::string_view name = "ListenBrainzArtistStatsDocument";
  static constexpr std::string_view description = "The artists that a user played most";
  static constexpr std::tuple fields = {
      field<&serve::ListenBrainzArtistStatsReply::payload>("payload", "The content"),
  };
};
SEGUE_CHECK_FIELDS(serve::ListenBrainzArtistStatsReply);

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
