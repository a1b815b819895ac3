// Documents of --json that the HTTP service does not have: its replies with what a command line adds to them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/fields.h"
#include "segue/recommend/replies.h"

namespace segue::cli {

// One song is `song`; several, and those of groups, are `plus` and `minus`.
struct SimilarDocument : recommend::SimilarSongsReply {
  std::optional<recommend::SongReply> song{};
  std::optional<std::vector<recommend::SongReply>> plus{};
  std::optional<std::vector<recommend::SongReply>> minus{};
  std::optional<std::vector<recommend::TakenSeedReply>> taken_as{};
};

struct GroupReply {
  std::string_view name{};
  std::size_t songs = 0;
  std::uint64_t plays = 0;
};

struct SimilarGroupReply : GroupReply {
  float similarity = 0;
  std::optional<std::vector<recommend::SongReply>> typical_songs{};
};

struct SimilarGroupsDocument {
  std::optional<GroupReply> artist{};
  std::optional<GroupReply> album{};
  std::optional<GroupReply> tag{};
  std::vector<SimilarGroupReply> items{};
  std::string_view model{};
};

struct RecommendationsDocument : recommend::RecommendationsReply {
  std::vector<std::string_view> played{};
};

struct RadioDocument : recommend::RadioReply {
  std::vector<std::string_view> seeds{};
};

struct JourneyDocument : recommend::JourneyReply {
  std::size_t steps = 0;
};

}  // namespace segue::cli

namespace segue {

template <>
struct FieldsOf<cli::SimilarDocument> {
  using Base = recommend::SimilarSongsReply;
  static constexpr std::string_view name = "SimilarDocument";
  static constexpr std::string_view description = "What segue similar prints";
  static constexpr std::tuple fields = {
      field<&cli::SimilarDocument::song>("song", "The song"),
      field<&cli::SimilarDocument::plus>("plus", "The songs added, instead of song"),
      field<&cli::SimilarDocument::minus>("minus", "The songs subtracted"),
      field<&cli::SimilarDocument::taken_as>("taken_as",
                                             "What artists, albums, tags and songs with weights were taken as"),
  };
};
SEGUE_CHECK_FIELDS(cli::SimilarDocument);

template <>
struct FieldsOf<cli::GroupReply> {
  static constexpr std::string_view name = "Group";
  static constexpr std::string_view description = "An artist, an album or a tag";
  static constexpr std::tuple fields = {
      field<&cli::GroupReply::name>("name", "Its name"),
      field<&cli::GroupReply::songs>("songs", "Number of songs"),
      field<&cli::GroupReply::plays>("plays", "Plays of its songs"),
  };
};
SEGUE_CHECK_FIELDS(cli::GroupReply);

template <>
struct FieldsOf<cli::SimilarGroupReply> {
  using Base = cli::GroupReply;
  static constexpr std::string_view name = "SimilarGroup";
  static constexpr std::string_view description = "A neighbour of a group";
  static constexpr std::tuple fields = {
      field<&cli::SimilarGroupReply::similarity>("similarity", "Cosine of the mean song vectors"),
      field<&cli::SimilarGroupReply::typical_songs>("typical_songs", "Present with --songs"),
  };
};
SEGUE_CHECK_FIELDS(cli::SimilarGroupReply);

template <>
struct FieldsOf<cli::SimilarGroupsDocument> {
  static constexpr std::string_view name = "SimilarGroupsDocument";
  static constexpr std::string_view description = "What segue similar prints for an artist, an album or a tag";
  static constexpr std::tuple fields = {
      field<&cli::SimilarGroupsDocument::artist>("artist", "The artist"),
      field<&cli::SimilarGroupsDocument::album>("album", "The album"),
      field<&cli::SimilarGroupsDocument::tag>("tag", "The tag"),
      field<&cli::SimilarGroupsDocument::items>("items", "Its neighbours, the nearest first"),
      field<&cli::SimilarGroupsDocument::model>("model", "The model that answered"),
  };
};
SEGUE_CHECK_FIELDS(cli::SimilarGroupsDocument);

template <>
struct FieldsOf<cli::RecommendationsDocument> {
  using Base = recommend::RecommendationsReply;
  static constexpr std::string_view name = "RecommendationsDocument";
  static constexpr std::string_view description = "What segue recommend prints";
  static constexpr std::tuple fields = {
      field<&cli::RecommendationsDocument::played>("played", "Ids of the songs played"),
  };
};
SEGUE_CHECK_FIELDS(cli::RecommendationsDocument);

template <>
struct FieldsOf<cli::RadioDocument> {
  using Base = recommend::RadioReply;
  static constexpr std::string_view name = "RadioDocument";
  static constexpr std::string_view description = "What segue radio prints";
  static constexpr std::tuple fields = {
      field<&cli::RadioDocument::seeds>("seeds", "Ids of the seed songs"),
  };
};
SEGUE_CHECK_FIELDS(cli::RadioDocument);

template <>
struct FieldsOf<cli::JourneyDocument> {
  using Base = recommend::JourneyReply;
  static constexpr std::string_view name = "JourneyDocument";
  static constexpr std::string_view description = "What segue journey prints";
  static constexpr std::tuple fields = {
      field<&cli::JourneyDocument::steps>("steps", "Steps from the first song to the last"),
  };
};
SEGUE_CHECK_FIELDS(cli::JourneyDocument);

}  // namespace segue
