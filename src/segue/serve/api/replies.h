// Replies of the HTTP service, declared once (base/fields.h). Those that the commands share: recommend/replies.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/fields.h"
#include "segue/base/json.h"
#include "segue/layout/map_fields.h"
#include "segue/recommend/replies.h"

namespace segue::serve {

struct FoundSongReply : recommend::SongReply {
  std::optional<bool> available{};
  std::optional<std::string_view> item{};
};

struct SongsReply {
  std::vector<FoundSongReply> items{};
  std::string_view model{};
  std::optional<std::string> next{};
};

struct SongPlaceReply {
  float x = 0;
  float y = 0;
  std::int32_t cluster = -1;
};

struct SongDetailsReply : recommend::SongReply {
  std::vector<std::string_view> tags{};
  std::optional<SongPlaceReply> map{};
  std::string_view model{};
  bool available = true;
};

struct HistoryListenReply {
  std::int64_t listened_at = 0;
  std::string artist{};
  std::string title{};
  Nullable<recommend::SongReply> song{};
};

struct HistoryReply {
  std::vector<HistoryListenReply> items{};
  std::string_view user{};
  std::string_view model{};
  std::optional<std::string> next{};
};

struct MatchedSongsReply {
  std::vector<Nullable<recommend::SongReply>> items{};
  std::string_view model{};
};

struct FoundArtistReply {
  std::string_view name{};
  std::size_t songs = 0;
  std::uint64_t plays = 0;
};

struct SimilarArtistReply : FoundArtistReply {
  float similarity = 0;
};

struct ArtistsReply {
  std::vector<FoundArtistReply> items{};
  std::string_view model{};
  std::optional<std::string> next{};
};

struct ArtistReply : FoundArtistReply {
  std::vector<recommend::SongReply> items{};
  std::vector<SimilarArtistReply> similar{};
  std::string_view model{};
  std::optional<std::string> next{};
};

struct SongLinkReply {
  std::string_view name{};
  std::string_view address{};
};

struct SongLinksReply {
  std::vector<SongLinkReply> items{};
  std::string_view cover{};
  std::string_view subsonic{};
};

struct RegionsReply {
  std::vector<layout::RegionReply> items{};
};

struct ContoursReply {
  std::vector<layout::ContourReply> items{};
};

struct MapTagsReply {
  std::vector<std::string_view> items{};
  std::string rows{};
};

struct PlaceReply {
  float x = 0;
  float y = 0;
  std::string_view model{};
};

struct ModelFactsReply {
  std::string_view name{};
  std::uint32_t songs = 0;
  std::uint64_t dim = 0;
  std::string trained{};
  std::string loaded{};
  std::string_view digest{};
  std::uint32_t parts = 0;
  bool is_default = false;
};

struct ModelReply : ModelFactsReply {
  bool map = false;
};

struct ModelsReply {
  std::vector<ModelReply> items{};
};

struct EpochReply {
  std::uint64_t epoch = 0;
  double mean_loss = 0;
  std::optional<double> sample_loss{};
  json::object more{};
};

struct ModelDetailsReply : ModelFactsReply {
  json::value map{};
  json::object options{};
  json::object counts{};
  std::vector<EpochReply> history{};
  std::string index_note{};
  json::object more{};
};

struct CatalogueSongReply {
  std::string id{};
  bool available = true;
  bool blocked = false;
  std::vector<std::string> markets{};
  std::vector<std::string> blocked_markets{};
  bool explicit_content = false;
  Nullable<std::string> from{};
  Nullable<std::string> until{};
  bool in_table = false;
  bool in_model = false;
  std::optional<json::object> change{};
  std::optional<std::string> changed{};
};

struct NewSongReply {
  std::string id{};
  bool served = false;
  bool trained = false;
  std::uint64_t plays = 0;
  std::uint64_t near = 0;
  std::uint32_t album_songs = 0;
  std::uint32_t artist_songs = 0;
  std::uint32_t tag_songs = 0;
};

struct CatalogueOfModelReply {
  std::string model{};
  std::uint64_t unavailable = 0;
  std::uint64_t explicit_songs = 0;
  std::uint64_t limited = 0;
  std::uint64_t unknown = 0;
};

struct CatalogueReply {
  std::uint64_t rows = 0;
  std::vector<std::string> columns{};
  Nullable<std::string> read{};
  std::uint64_t changes = 0;
  std::optional<std::string> refused{};
  std::vector<CatalogueOfModelReply> models{};
};

struct HealthReply {
  std::string_view status = "ok";
};

struct RouteStatusReply {
  std::string_view method{};
  std::string_view path{};
  std::uint64_t requests = 0;
  std::uint64_t failed = 0;
  double mean_seconds = 0;
  double p50_seconds = 0;
  double p99_seconds = 0;
};

struct StoreStatusReply {
  std::optional<std::string> kind{};
  std::optional<std::uint64_t> listens{};
  std::optional<std::uint64_t> users{};
  std::optional<std::uint64_t> queued{};
  std::optional<std::string_view> error{};
};

struct ModelStatusReply {
  std::string_view name{};
  std::uint32_t songs = 0;
  double recall = 0;
};

struct StatusReply {
  double uptime_seconds = 0;
  double requests_per_second = 0;
  std::vector<RouteStatusReply> routes{};
  StoreStatusReply store{};
  std::vector<ModelStatusReply> models{};
  bool evaluation = false;
};

struct ErrorReply {
  std::string_view code{};
  std::string_view message{};
};

struct ApiErrorReply {
  ErrorReply error{};
};

struct RefusedListenReply {
  std::uint64_t row = 0;
  std::string reason{};
};

struct AddedListensReply {
  std::uint64_t added = 0;
  std::uint64_t known = 0;
  std::optional<std::vector<RefusedListenReply>> refused{};
};

struct RefusedEventReply {
  std::uint64_t row = 0;
  std::string reason{};
};

struct AddedEventsReply {
  std::uint64_t added = 0;
  std::uint64_t known = 0;
  std::vector<RefusedEventReply> refused{};
};

struct ImportedReply {
  std::uint64_t added = 0;
  std::uint64_t known = 0;
  std::uint64_t skipped = 0;
  std::uint64_t rows = 0;
  std::uint64_t dropped = 0;
  std::vector<std::string> sources;
};

struct ForgottenReply {
  std::uint64_t listens = 0;
  std::uint64_t feedback = 0;
  std::uint64_t tokens = 0;
  std::uint64_t events = 0;
};

}  // namespace segue::serve

namespace segue {

template <>
struct FieldsOf<serve::FoundSongReply> {
  using Base = recommend::SongReply;
  static constexpr std::string_view name = "FoundSong";
  static constexpr std::string_view description = "A song of a search";
  static constexpr std::tuple fields = {
      field<&serve::FoundSongReply::available>("available",
                                               "false for a song that the catalogue does not offer; else absent"),
      field<&serve::FoundSongReply::item>("item",
                                          "With rows: its id at the music server of the service's library, if it has "
                                          "one"),
  };
};
SEGUE_CHECK_FIELDS(serve::FoundSongReply);

template <>
struct FieldsOf<serve::SongsReply> {
  static constexpr std::string_view name = "Songs";
  static constexpr std::string_view description = "Songs of a model";
  static constexpr std::tuple fields = {
      field<&serve::SongsReply::items>("items", "The songs"),
      field<&serve::SongsReply::model>("model", "The model that answered"),
      field<&serve::SongsReply::next>("next", recommend::kNextHelp),
  };
};
SEGUE_CHECK_FIELDS(serve::SongsReply);

template <>
struct FieldsOf<serve::SongPlaceReply> {
  static constexpr std::string_view name = "SongPlace";
  static constexpr std::string_view description = "Where a song lies on the map";
  static constexpr std::tuple fields = {
      field<&serve::SongPlaceReply::x>("x", "In the map's own units"),
      field<&serve::SongPlaceReply::y>("y", "In the map's own units"),
      field<&serve::SongPlaceReply::cluster>("cluster", "Its region, as an index into the regions; -1 for none"),
  };
};
SEGUE_CHECK_FIELDS(serve::SongPlaceReply);

template <>
struct FieldsOf<serve::SongDetailsReply> {
  using Base = recommend::SongReply;
  static constexpr std::string_view name = "SongDetails";
  static constexpr std::string_view description = "A song with its tags and its place on the map";
  static constexpr std::tuple fields = {
      field<&serve::SongDetailsReply::tags>("tags", "Its tags"),
      field<&serve::SongDetailsReply::map>("map", "Absent if the model has no map"),
      field<&serve::SongDetailsReply::model>("model", "The model that answered"),
      field<&serve::SongDetailsReply::available>("available", "Whether the catalogue offers it"),
  };
};
SEGUE_CHECK_FIELDS(serve::SongDetailsReply);

template <>
struct FieldsOf<serve::HistoryListenReply> {
  static constexpr std::string_view name = "HistoryListen";
  static constexpr std::string_view description = "A stored listen";
  static constexpr std::tuple fields = {
      field<&serve::HistoryListenReply::listened_at>("listened_at", "Seconds since 1970"),
      field<&serve::HistoryListenReply::artist>("artist", "As submitted"),
      field<&serve::HistoryListenReply::title>("title", "As submitted"),
      field<&serve::HistoryListenReply::song>("song", "The song of the model; null if the model does not have it"),
  };
};
SEGUE_CHECK_FIELDS(serve::HistoryListenReply);

template <>
struct FieldsOf<serve::MatchedSongsReply> {
  static constexpr std::string_view name = "MatchedSongs";
  static constexpr std::string_view description = "The songs that artists and titles name";
  static constexpr std::tuple fields = {
      field<&serve::MatchedSongsReply::items>("items",
                                              "One for each in the request, in order; null if the model does not have "
                                              "it"),
      field<&serve::MatchedSongsReply::model>("model", "The model that answered"),
  };
};
SEGUE_CHECK_FIELDS(serve::MatchedSongsReply);

template <>
struct FieldsOf<serve::FoundArtistReply> {
  static constexpr std::string_view name = "FoundArtist";
  static constexpr std::string_view description = "An artist of a model";
  static constexpr std::tuple fields = {
      field<&serve::FoundArtistReply::name>("name", "Name"),
      field<&serve::FoundArtistReply::songs>("songs", "Number of songs"),
      field<&serve::FoundArtistReply::plays>("plays", "Plays of these in the dataset the model was trained on"),
  };
};
SEGUE_CHECK_FIELDS(serve::FoundArtistReply);

template <>
struct FieldsOf<serve::SimilarArtistReply> {
  using Base = serve::FoundArtistReply;
  static constexpr std::string_view name = "SimilarArtist";
  static constexpr std::string_view description = "A neighbour of an artist";
  static constexpr std::tuple fields = {
      field<&serve::SimilarArtistReply::similarity>("similarity", "Cosine of the means of their songs"),
  };
};
SEGUE_CHECK_FIELDS(serve::SimilarArtistReply);

template <>
struct FieldsOf<serve::ArtistsReply> {
  static constexpr std::string_view name = "Artists";
  static constexpr std::string_view description = "Artists found, the best match first";
  static constexpr std::tuple fields = {
      field<&serve::ArtistsReply::items>("items", "The artists"),
      field<&serve::ArtistsReply::model>("model", "The model that answered"),
      field<&serve::ArtistsReply::next>("next", recommend::kNextHelp),
  };
};
SEGUE_CHECK_FIELDS(serve::ArtistsReply);

template <>
struct FieldsOf<serve::ArtistReply> {
  using Base = serve::FoundArtistReply;
  static constexpr std::string_view name = "Artist";
  static constexpr std::string_view description = "An artist, their songs and their neighbours";
  static constexpr std::tuple fields = {
      field<&serve::ArtistReply::items>("items", "Their most played songs"),
      field<&serve::ArtistReply::similar>("similar", "The artists most like them, the nearest first"),
      field<&serve::ArtistReply::model>("model", "The model that answered"),
      field<&serve::ArtistReply::next>("next", recommend::kNextHelp),
  };
};
SEGUE_CHECK_FIELDS(serve::ArtistReply);

template <>
struct FieldsOf<serve::SongLinkReply> {
  static constexpr std::string_view name = "SongLink";
  static constexpr std::string_view description = "Where a song is found elsewhere";
  static constexpr std::tuple fields = {
      field<&serve::SongLinkReply::name>("name", "What it leads to"),
      field<&serve::SongLinkReply::address>("address",
                                            "Address, in which {id}, {artist}, {title} and {album} stand "
                                            "for those of the song"),
  };
};
SEGUE_CHECK_FIELDS(serve::SongLinkReply);

template <>
struct FieldsOf<serve::SongLinksReply> {
  static constexpr std::string_view name = "SongLinks";
  static constexpr std::string_view description = "Where songs are found elsewhere";
  static constexpr std::tuple fields = {
      field<&serve::SongLinksReply::items>("items", "The links"),
      field<&serve::SongLinksReply::cover>("cover", "Address of a cover, as of a link; empty if there are none"),
      field<&serve::SongLinksReply::subsonic>("subsonic",
                                              "Address of a music server to play from; empty if there is none"),
  };
};
SEGUE_CHECK_FIELDS(serve::SongLinksReply);

template <>
struct FieldsOf<serve::HistoryReply> {
  static constexpr std::string_view name = "History";
  static constexpr std::string_view description = "A user's newest listens, the newest first";
  static constexpr std::tuple fields = {
      field<&serve::HistoryReply::items>("items", "The listens"),
      field<&serve::HistoryReply::user>("user", "The user"),
      field<&serve::HistoryReply::model>("model", "The model that answered"),
      field<&serve::HistoryReply::next>("next", recommend::kNextHelp),
  };
};
SEGUE_CHECK_FIELDS(serve::HistoryReply);

template <>
struct FieldsOf<serve::RegionsReply> {
  static constexpr std::string_view name = "Regions";
  static constexpr std::string_view description = "The regions of the map, the largest level first";
  static constexpr std::tuple fields = {
      field<&serve::RegionsReply::items>("items", "The regions"),
  };
};
SEGUE_CHECK_FIELDS(serve::RegionsReply);

template <>
struct FieldsOf<serve::ContoursReply> {
  static constexpr std::string_view name = "Contours";
  static constexpr std::string_view description = "Contours of the largest regions, the outer before the inner";
  static constexpr std::tuple fields = {
      field<&serve::ContoursReply::items>("items", "The lines"),
  };
};
SEGUE_CHECK_FIELDS(serve::ContoursReply);

template <>
struct FieldsOf<serve::MapTagsReply> {
  static constexpr std::string_view name = "MapTags";
  static constexpr std::string_view description = "Frequent tags and the songs that have them";
  static constexpr std::tuple fields = {
      field<&serve::MapTagsReply::items>("items", "The tags, the most frequent first"),
      field<&serve::MapTagsReply::rows>(
          "rows", "Base64 of one byte for each song: the index of its first such tag, 255 for none"),
  };
};
SEGUE_CHECK_FIELDS(serve::MapTagsReply);

template <>
struct FieldsOf<serve::PlaceReply> {
  static constexpr std::string_view name = "Place";
  static constexpr std::string_view description = "A point of the map";
  static constexpr std::tuple fields = {
      field<&serve::PlaceReply::x>("x", "In the map's own units"),
      field<&serve::PlaceReply::y>("y", "In the map's own units"),
      field<&serve::PlaceReply::model>("model", "The model that answered"),
  };
};
SEGUE_CHECK_FIELDS(serve::PlaceReply);

template <>
struct FieldsOf<serve::ModelFactsReply> {
  static constexpr std::string_view name = "ModelFacts";
  static constexpr std::string_view description = "A model that is served";
  static constexpr std::tuple fields = {
      field<&serve::ModelFactsReply::name>("name", "Its name"),
      field<&serve::ModelFactsReply::songs>("songs", "Number of songs"),
      field<&serve::ModelFactsReply::dim>("dim", "Numbers in a song vector"),
      field<&serve::ModelFactsReply::trained>("trained", "When it was trained (UTC, ISO 8601)"),
      field<&serve::ModelFactsReply::loaded>("loaded", "When the server loaded it (UTC, ISO 8601)"),
      field<&serve::ModelFactsReply::digest>("digest", "Digest of its manifest"),
      field<&serve::ModelFactsReply::parts>("parts", "Its parts of the users, relative to those of the other models"),
      field<&serve::ModelFactsReply::is_default>("default", "Whether it answers if nothing else is named"),
  };
};
SEGUE_CHECK_FIELDS(serve::ModelFactsReply);

template <>
struct FieldsOf<serve::ModelReply> {
  using Base = serve::ModelFactsReply;
  static constexpr std::string_view name = "Model";
  static constexpr std::string_view description = "A model in the list of models";
  static constexpr std::tuple fields = {
      field<&serve::ModelReply::map>("map", "Whether it has a map"),
  };
};
SEGUE_CHECK_FIELDS(serve::ModelReply);

template <>
struct FieldsOf<serve::ModelsReply> {
  static constexpr std::string_view name = "Models";
  static constexpr std::string_view description = "The models that are served, the default one first";
  static constexpr std::tuple fields = {
      field<&serve::ModelsReply::items>("items", "The models"),
  };
};
SEGUE_CHECK_FIELDS(serve::ModelsReply);

template <>
struct FieldsOf<serve::EpochReply> {
  static constexpr std::string_view name = "Epoch";
  static constexpr std::string_view description = "An epoch of training";
  static constexpr std::tuple fields = {
      field<&serve::EpochReply::epoch>("epoch", "From 1"),
      field<&serve::EpochReply::mean_loss>("mean_loss", "Mean loss during the epoch"),
      field<&serve::EpochReply::sample_loss>("sample_loss", "Loss on a fixed sample after the epoch"),
  };
  static constexpr auto rest = &serve::EpochReply::more;
};
SEGUE_CHECK_FIELDS(serve::EpochReply);

template <>
struct FieldsOf<serve::ModelDetailsReply> {
  using Base = serve::ModelFactsReply;
  static constexpr std::string_view name = "ModelDetails";
  static constexpr std::string_view description = "A model with what its manifest says";
  static constexpr std::tuple fields = {
      field<&serve::ModelDetailsReply::map>("map", "The options of its map; false if it has none"),
      field<&serve::ModelDetailsReply::options>("options", "The options it was trained with"),
      field<&serve::ModelDetailsReply::counts>("counts", "Songs, queues and plays in training"),
      field<&serve::ModelDetailsReply::history>("history", "Loss by epoch"),
      field<&serve::ModelDetailsReply::index_note>("index_note",
                                                   "A remark about its search index; empty if there is nothing to say"),
  };
  static constexpr auto rest = &serve::ModelDetailsReply::more;
};
SEGUE_CHECK_FIELDS(serve::ModelDetailsReply);

template <>
struct FieldsOf<serve::CatalogueSongReply> {
  static constexpr std::string_view name = "CatalogueSong";
  static constexpr std::string_view description = "Where and when a song is offered: the table, and a change to it";
  static constexpr std::tuple fields = {
      field<&serve::CatalogueSongReply::id>("id", "Of the song"),
      field<&serve::CatalogueSongReply::available>("available", "Whether it is offered now, somewhere"),
      field<&serve::CatalogueSongReply::blocked>("blocked", "It is offered to nobody"),
      field<&serve::CatalogueSongReply::markets>("markets", "Countries to which it is offered; empty: all"),
      field<&serve::CatalogueSongReply::blocked_markets>("blocked_markets", "Countries to which it is not offered"),
      field<&serve::CatalogueSongReply::explicit_content>("explicit", "Some listeners are not offered it"),
      field<&serve::CatalogueSongReply::from>("from", "The first moment it is offered, in UTC; null: always"),
      field<&serve::CatalogueSongReply::until>("until", "The first moment it is no longer offered; null: never"),
      field<&serve::CatalogueSongReply::in_table>("in_table", "The table has a row of it"),
      field<&serve::CatalogueSongReply::in_model>("in_model", "The model that serves the request has it"),
      field<&serve::CatalogueSongReply::change>("change", "The change that is in force, as it was sent"),
      field<&serve::CatalogueSongReply::changed>("changed", "When that was"),
  };
};
SEGUE_CHECK_FIELDS(serve::CatalogueSongReply);

template <>
struct FieldsOf<serve::NewSongReply> {
  static constexpr std::string_view name = "NewSong";
  static constexpr std::string_view description = "A song that training did not know, and what it is placed from";
  static constexpr std::tuple fields = {
      field<&serve::NewSongReply::id>("id", "Of the song"),
      field<&serve::NewSongReply::served>("served", "The model that serves requests now has it"),
      field<&serve::NewSongReply::trained>("trained", "It has it from its training, so that nothing is placed"),
      field<&serve::NewSongReply::plays>("plays", "Plays of it in the queues that were sent"),
      field<&serve::NewSongReply::near>("near", "Plays of trained songs close to them, from which its vector is made"),
      field<&serve::NewSongReply::album_songs>("album_songs", "Trained songs of its album, where its vector begins"),
      field<&serve::NewSongReply::artist_songs>("artist_songs", "Trained songs of its artist, likewise; at most 50"),
      field<&serve::NewSongReply::tag_songs>("tag_songs",
                                             "Trained songs of its tags, likewise, if it has neither of those"),
  };
};
SEGUE_CHECK_FIELDS(serve::NewSongReply);

template <>
struct FieldsOf<serve::CatalogueOfModelReply> {
  static constexpr std::string_view name = "CatalogueOfModel";
  static constexpr std::string_view description = "What the catalogue means for the songs of a model";
  static constexpr std::tuple fields = {
      field<&serve::CatalogueOfModelReply::model>("model", "Its name"),
      field<&serve::CatalogueOfModelReply::unavailable>("unavailable",
                                                        "Songs that nobody is offered now: blocked, or out of time"),
      field<&serve::CatalogueOfModelReply::explicit_songs>("explicit", "Songs marked as explicit"),
      field<&serve::CatalogueOfModelReply::limited>("limited", "Songs that are not offered in every market"),
      field<&serve::CatalogueOfModelReply::unknown>("unknown",
                                                    "Ids of the table and of changes that are no songs of the model"),
  };
};
SEGUE_CHECK_FIELDS(serve::CatalogueOfModelReply);

template <>
struct FieldsOf<serve::CatalogueReply> {
  static constexpr std::string_view name = "Catalogue";
  static constexpr std::string_view description = "The state of the catalogue";
  static constexpr std::tuple fields = {
      field<&serve::CatalogueReply::rows>("rows", "Rows of the table"),
      field<&serve::CatalogueReply::columns>("columns", "Columns of the table that were understood"),
      field<&serve::CatalogueReply::read>("read", "When the table was read, in UTC; null without one"),
      field<&serve::CatalogueReply::changes>("changes", "Songs whose change is in force"),
      field<&serve::CatalogueReply::refused>("refused",
                                             "Why the newest table was refused: the one before it is in force"),
      field<&serve::CatalogueReply::models>("models", "By model"),
  };
};
SEGUE_CHECK_FIELDS(serve::CatalogueReply);

template <>
struct FieldsOf<serve::HealthReply> {
  static constexpr std::string_view name = "Health";
  static constexpr std::string_view description = "The answer of a probe";
  static constexpr std::tuple fields = {
      field<&serve::HealthReply::status>("status", "\"ok\""),
  };
};
SEGUE_CHECK_FIELDS(serve::HealthReply);

template <>
struct FieldsOf<serve::RouteStatusReply> {
  static constexpr std::string_view name = "RouteStatus";
  static constexpr std::string_view description = "Requests of one route";
  static constexpr std::tuple fields = {
      field<&serve::RouteStatusReply::method>("method", "HTTP method"),
      field<&serve::RouteStatusReply::path>("path", "Path with its parameters in braces"),
      field<&serve::RouteStatusReply::requests>("requests", "Requests since the start"),
      field<&serve::RouteStatusReply::failed>("failed", "Of these, answered with a server error"),
      field<&serve::RouteStatusReply::mean_seconds>("mean_seconds", "Mean time"),
      field<&serve::RouteStatusReply::p50_seconds>("p50_seconds", "Median time"),
      field<&serve::RouteStatusReply::p99_seconds>("p99_seconds", "99th percentile"),
  };
};
SEGUE_CHECK_FIELDS(serve::RouteStatusReply);

template <>
struct FieldsOf<serve::StoreStatusReply> {
  static constexpr std::string_view name = "StoreStatus";
  static constexpr std::string_view description = "The store of listens";
  static constexpr std::tuple fields = {
      field<&serve::StoreStatusReply::kind>("kind", "sqlite or postgresql"),
      field<&serve::StoreStatusReply::listens>("listens", "Listens stored"),
      field<&serve::StoreStatusReply::users>("users", "Users with listens"),
      field<&serve::StoreStatusReply::queued>("queued", "Additions that wait for their commit"),
      field<&serve::StoreStatusReply::error>("error", "Present instead of all else if the store is unavailable"),
  };
};
SEGUE_CHECK_FIELDS(serve::StoreStatusReply);

template <>
struct FieldsOf<serve::ModelStatusReply> {
  static constexpr std::string_view name = "ModelStatus";
  static constexpr std::string_view description = "A model in operation";
  static constexpr std::tuple fields = {
      field<&serve::ModelStatusReply::name>("name", "Its name"),
      field<&serve::ModelStatusReply::songs>("songs", "Number of songs"),
      field<&serve::ModelStatusReply::recall>("recall",
                                              "Share of the 10 nearest songs that its search finds, from a sample"),
  };
};
SEGUE_CHECK_FIELDS(serve::ModelStatusReply);

template <>
struct FieldsOf<serve::StatusReply> {
  static constexpr std::string_view name = "Status";
  static constexpr std::string_view description = "The state of the server";
  static constexpr std::tuple fields = {
      field<&serve::StatusReply::uptime_seconds>("uptime_seconds", "Since the start"),
      field<&serve::StatusReply::requests_per_second>("requests_per_second", "Over about the last minute"),
      field<&serve::StatusReply::routes>("routes", "Routes with requests"),
      field<&serve::StatusReply::store>("store", "The store of listens"),
      field<&serve::StatusReply::models>("models", "The models that are served"),
      field<&serve::StatusReply::evaluation>("evaluation", "Whether there is an evaluation report"),
  };
};
SEGUE_CHECK_FIELDS(serve::StatusReply);

template <>
struct FieldsOf<serve::ErrorReply> {
  static constexpr std::string_view name = "ErrorDetails";
  static constexpr std::string_view description = "What went wrong";
  static constexpr std::tuple fields = {
      field<&serve::ErrorReply::code>("code", "For programs: \"wrong_use\", \"not_found\", ..."),
      field<&serve::ErrorReply::message>("message", "For people: one sentence"),
  };
};
SEGUE_CHECK_FIELDS(serve::ErrorReply);

template <>
struct FieldsOf<serve::ApiErrorReply> {
  static constexpr std::string_view name = "ApiError";
  static constexpr std::string_view description = "An error";
  static constexpr std::tuple fields = {
      field<&serve::ApiErrorReply::error>("error", "What went wrong"),
  };
};
SEGUE_CHECK_FIELDS(serve::ApiErrorReply);

template <>
struct FieldsOf<serve::RefusedListenReply> {
  static constexpr std::string_view name = "RefusedListen";
  static constexpr std::string_view description = "A listen that was not stored";
  static constexpr std::tuple fields = {
      field<&serve::RefusedListenReply::row>("row", "Its place in the request, from 0"),
      field<&serve::RefusedListenReply::reason>("reason", "What was found and what was expected"),
  };
};
SEGUE_CHECK_FIELDS(serve::RefusedListenReply);

template <>
struct FieldsOf<serve::AddedListensReply> {
  static constexpr std::string_view name = "AddedListens";
  static constexpr std::string_view description = "What became of submitted listens";
  static constexpr std::tuple fields = {
      field<&serve::AddedListensReply::added>("added", "New listens"),
      field<&serve::AddedListensReply::known>("known", "Listens that were stored already"),
      field<&serve::AddedListensReply::refused>("refused", "Listens that were not stored; absent without any"),
  };
};
SEGUE_CHECK_FIELDS(serve::AddedListensReply);

template <>
struct FieldsOf<serve::RefusedEventReply> {
  static constexpr std::string_view name = "RefusedEvent";
  static constexpr std::string_view description = "An event that was not stored";
  static constexpr std::tuple fields = {
      field<&serve::RefusedEventReply::row>("row", "Its place in the request, from 0"),
      field<&serve::RefusedEventReply::reason>("reason", "For people: one sentence"),
  };
};
SEGUE_CHECK_FIELDS(serve::RefusedEventReply);

template <>
struct FieldsOf<serve::AddedEventsReply> {
  static constexpr std::string_view name = "AddedEvents";
  static constexpr std::string_view description = "What became of reported events";
  static constexpr std::tuple fields = {
      field<&serve::AddedEventsReply::added>("added", "New events"),
      field<&serve::AddedEventsReply::known>("known", "Events that were stored already"),
      field<&serve::AddedEventsReply::refused>("refused", "Events that break the rules, in order"),
  };
};
SEGUE_CHECK_FIELDS(serve::AddedEventsReply);

template <>
struct FieldsOf<serve::ImportedReply> {
  static constexpr std::string_view name = "Imported";
  static constexpr std::string_view description = "What became of the rows of a log";
  static constexpr std::tuple fields = {
      field<&serve::ImportedReply::added>("added", "New listens"),
      field<&serve::ImportedReply::known>("known", "Listens that were stored already"),
      field<&serve::ImportedReply::skipped>("skipped", "Listens that were skips, which are left out"),
      field<&serve::ImportedReply::rows>("rows", "Rows read"),
      field<&serve::ImportedReply::dropped>("dropped", "Rows that could not be used"),
      field<&serve::ImportedReply::sources>("sources", "Products that the log was recognised as one of"),
  };
};
SEGUE_CHECK_FIELDS(serve::ImportedReply);

template <>
struct FieldsOf<serve::ForgottenReply> {
  static constexpr std::string_view name = "Forgotten";
  static constexpr std::string_view description = "How much was deleted";
  static constexpr std::tuple fields = {
      field<&serve::ForgottenReply::listens>("listens", "Listens"),
      field<&serve::ForgottenReply::feedback>("feedback", "Loved and hated songs"),
      field<&serve::ForgottenReply::tokens>("tokens", "Tokens"),
      field<&serve::ForgottenReply::events>("events", "Events of lists"),
  };
};
SEGUE_CHECK_FIELDS(serve::ForgottenReply);

}  // namespace segue
