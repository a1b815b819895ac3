// Replies about songs, declared once (base/fields.h) for the HTTP service and the commands' --json.
//
// Texts are views of the catalogue they come from, which must outlive the reply.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/fields.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/model/model.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/journey.h"
#include "segue/recommend/radio.h"
#include "segue/recommend/recommender.h"
#include "segue/recommend/typed_seeds.h"

namespace segue::recommend {

// Of every list that a server makes in pages.
inline constexpr std::string_view kNextHelp = "The cursor of the next page; absent at the end of the list";

struct SongReply {
  std::string_view id{};
  data::SongRow row = 0;
  std::string_view title{};
  std::string_view artist{};
  std::string_view album{};
  std::uint64_t plays = 0;
};

struct TogetherReply {
  std::uint32_t times = 0;
  float after = 0;
  float before = 0;
};

struct SimilarSongReply : SongReply {
  float similarity = 0;
  std::optional<TogetherReply> together{};
};

struct SimilarSongsReply {
  std::vector<SimilarSongReply> items{};
  std::string_view model{};
  std::optional<std::uint64_t> withheld{};
  std::optional<std::string> next{};
};

struct SeedSongReply : SongReply {
  float share = 0;
  float similarity = 0;
};

struct PlayedTogetherReply {
  std::uint32_t times = 0;
  std::uint32_t within = 0;
  float after = 0;
  float before = 0;
  SongReply song{};
};

struct ReasonReply {
  ReasonKind kind = ReasonKind::none;
  float share = 0;
  std::string text{};
};

struct ExplanationReply {
  std::string text{};
  std::vector<ReasonReply> reasons{};
  std::vector<SeedSongReply> seeds{};
  std::optional<PlayedTogetherReply> together{};
  std::optional<SongReply> interest{};
};

struct RecommendedSongReply : SongReply {
  float score = 0;
  float similarity = 0;
  std::optional<ExplanationReply> explanation{};
  std::optional<bool> is_new{};
};

struct InterestReply {
  SongReply medoid{};
  float weight = 0;
  std::vector<std::string_view> songs{};
  std::optional<float> x{};
  std::optional<float> y{};
};

enum class Fallback { popular };
inline constexpr std::array<std::string_view, 1> kFallbackNames = {"popular"};
constexpr std::span<const std::string_view> names(Fallback) {
  return kFallbackNames;
}

enum class SeedKind { song, artist, album, tag };
inline constexpr std::array<std::string_view, 4> kSeedKindNames = {"song", "artist", "album", "tag"};
constexpr std::span<const std::string_view> names(SeedKind) {
  return kSeedKindNames;
}

struct TakenSeedReply {
  std::string typed{};
  SeedKind kind = SeedKind::song;
  std::string name{};
  double weight = 1;
  std::vector<std::string_view> songs{};
};

struct RecommendationsReply {
  std::vector<RecommendedSongReply> items{};
  std::optional<std::vector<InterestReply>> interests{};
  std::optional<Fallback> fallback{};
  std::optional<std::string_view> user{};
  std::optional<std::uint64_t> listens{};
  std::string_view model{};
  std::optional<std::vector<std::string_view>> unknown{};
  std::optional<std::vector<TakenSeedReply>> taken_as{};
  std::optional<std::uint64_t> withheld{};
  std::optional<std::string> next{};
};

struct RadioSongReply : SongReply {
  float score = 0;
  float similarity = 0;
  float seed_similarity = 0;
};

struct RadioReply {
  std::vector<RadioSongReply> items{};
  std::string title{};
  std::string_view model{};
  std::optional<std::vector<std::string_view>> unknown{};
  std::optional<std::vector<TakenSeedReply>> taken_as{};
  std::optional<std::uint64_t> withheld{};
};

struct JourneySongReply : SongReply {
  float similarity = 0;
  float progress = 0;
};

struct PlaylistSongReply : SongReply {
  std::optional<std::string> location{};
};

struct PlaylistReply {
  std::optional<std::string_view> title{};
  std::vector<PlaylistSongReply> items{};
};

struct JourneyReply {
  std::vector<JourneySongReply> items{};
  std::string title{};
  std::string_view model{};
  std::optional<std::vector<std::string_view>> left_out{};
};

// Of lists that the catalogue made shorter.
inline constexpr std::string_view kWithheldHelp =
    "Present if there are fewer songs than asked for and the catalogue keeps some from this request: how many";

}  // namespace segue::recommend

namespace segue {

template <>
struct FieldsOf<recommend::SongReply> {
  static constexpr std::string_view name = "Song";
  static constexpr std::string_view description = "A song of a model";
  static constexpr std::tuple fields = {
      field<&recommend::SongReply::id>("id", "The id it has in the listens"),
      field<&recommend::SongReply::row>("row", "Its place in the order of plays, and its point on the map"),
      field<&recommend::SongReply::title>("title", "Empty if unknown"),
      field<&recommend::SongReply::artist>("artist", "Empty if unknown"),
      field<&recommend::SongReply::album>("album", "Empty if unknown"),
      field<&recommend::SongReply::plays>("plays", "Plays in the dataset the model was trained on"),
  };
};
SEGUE_CHECK_FIELDS(recommend::SongReply);

template <>
struct FieldsOf<recommend::TogetherReply> {
  static constexpr std::string_view name = "Together";
  static constexpr std::string_view description = "How often two songs were played close together";
  static constexpr std::tuple fields = {
      field<&recommend::TogetherReply::times>("times", "Pairs of plays"),
      field<&recommend::TogetherReply::after>("after", "Weight of the pairs in which this song came second"),
      field<&recommend::TogetherReply::before>("before", "Weight of the pairs in which this song came first"),
  };
};
SEGUE_CHECK_FIELDS(recommend::TogetherReply);

template <>
struct FieldsOf<recommend::SimilarSongReply> {
  using Base = recommend::SongReply;
  static constexpr std::string_view name = "SimilarSong";
  static constexpr std::string_view description = "A neighbour of a song";
  static constexpr std::tuple fields = {
      field<&recommend::SimilarSongReply::similarity>("similarity", "Cosine of the song vectors"),
      field<&recommend::SimilarSongReply::together>("together", "Present if both were played close together"),
  };
};
SEGUE_CHECK_FIELDS(recommend::SimilarSongReply);

template <>
struct FieldsOf<recommend::SimilarSongsReply> {
  static constexpr std::string_view name = "SimilarSongs";
  static constexpr std::string_view description = "The neighbours of a song, the nearest first";
  static constexpr std::tuple fields = {
      field<&recommend::SimilarSongsReply::items>("items", "The songs"),
      field<&recommend::SimilarSongsReply::model>("model", "The model that answered"),
      field<&recommend::SimilarSongsReply::withheld>("withheld", recommend::kWithheldHelp),
      field<&recommend::SimilarSongsReply::next>("next", recommend::kNextHelp),
  };
};
SEGUE_CHECK_FIELDS(recommend::SimilarSongsReply);

template <>
struct FieldsOf<recommend::SeedSongReply> {
  using Base = recommend::SongReply;
  static constexpr std::string_view name = "SeedSong";
  static constexpr std::string_view description = "A played song as a reason for a recommendation";
  static constexpr std::tuple fields = {
      field<&recommend::SeedSongReply::share>("share", "Its part of all that lifts the score, from 0 to 1"),
      field<&recommend::SeedSongReply::similarity>("similarity", "Its cosine to the recommended song"),
  };
};
SEGUE_CHECK_FIELDS(recommend::SeedSongReply);

template <>
struct FieldsOf<recommend::PlayedTogetherReply> {
  static constexpr std::string_view name = "PlayedTogether";
  static constexpr std::string_view description =
      "How often a played song and the recommended one were played together";
  static constexpr std::tuple fields = {
      field<&recommend::PlayedTogetherReply::times>("times", "Pairs of plays"),
      field<&recommend::PlayedTogetherReply::within>("within", "How many songs apart a pair is at most"),
      field<&recommend::PlayedTogetherReply::after>("after",
                                                    "Weight of the pairs in which the recommended song came "
                                                    "second"),
      field<&recommend::PlayedTogetherReply::before>("before",
                                                     "Weight of the pairs in which the recommended song came "
                                                     "first"),
      field<&recommend::PlayedTogetherReply::song>("song", "The played song"),
  };
};
SEGUE_CHECK_FIELDS(recommend::PlayedTogetherReply);

template <>
struct FieldsOf<recommend::ReasonReply> {
  static constexpr std::string_view name = "Reason";
  static constexpr std::string_view description = "What lifts the score of a recommended song";
  static constexpr std::tuple fields = {
      field<&recommend::ReasonReply::kind>("kind", "What kind of term of the score it is"),
      field<&recommend::ReasonReply::share>("share", "Its part of all that lifts the score, from 0 to 1"),
      field<&recommend::ReasonReply::text>("text", "In a few words: 25 × near Roads"),
  };
};
SEGUE_CHECK_FIELDS(recommend::ReasonReply);

template <>
struct FieldsOf<recommend::ExplanationReply> {
  static constexpr std::string_view name = "Explanation";
  static constexpr std::string_view description = "Why a song was recommended";
  static constexpr std::tuple fields = {
      field<&recommend::ExplanationReply::text>("text", "The reasons as a sentence"),
      field<&recommend::ExplanationReply::reasons>("reasons", "What lifted its score, the largest share first"),
      field<&recommend::ExplanationReply::seeds>("seeds", "The played songs it is based on, the largest share first"),
      field<&recommend::ExplanationReply::together>("together", "The played song it was played with most often"),
      field<&recommend::ExplanationReply::interest>("interest",
                                                    "The central song of the interest it serves, if there "
                                                    "are several"),
  };
};
SEGUE_CHECK_FIELDS(recommend::ExplanationReply);

template <>
struct FieldsOf<recommend::RecommendedSongReply> {
  using Base = recommend::SongReply;
  static constexpr std::string_view name = "RecommendedSong";
  static constexpr std::string_view description = "A song to play";
  static constexpr std::tuple fields = {
      field<&recommend::RecommendedSongReply::score>("score", "How well it fits: of the blend, or a cosine"),
      field<&recommend::RecommendedSongReply::similarity>("similarity", "Its cosine to the user vector"),
      field<&recommend::RecommendedSongReply::explanation>("explanation", "Present if explain was set"),
      field<&recommend::RecommendedSongReply::is_new>("new", "Present if it came after training (segue place)"),
  };
};
SEGUE_CHECK_FIELDS(recommend::RecommendedSongReply);

template <>
struct FieldsOf<recommend::InterestReply> {
  static constexpr std::string_view name = "Interest";
  static constexpr std::string_view description = "Played songs that belong together";
  static constexpr std::tuple fields = {
      field<&recommend::InterestReply::medoid>("medoid", "The central song"),
      field<&recommend::InterestReply::weight>("weight", "Its part of what was played, from 0 to 1"),
      field<&recommend::InterestReply::songs>("songs", "Ids of its songs"),
      field<&recommend::InterestReply::x>("x", "Where its mean lies on the map, if there is one"),
      field<&recommend::InterestReply::y>("y", "Where its mean lies on the map, if there is one"),
  };
};
SEGUE_CHECK_FIELDS(recommend::InterestReply);

template <>
struct FieldsOf<recommend::TakenSeedReply> {
  static constexpr std::string_view name = "TakenSeed";
  static constexpr std::string_view description = "What a seed was taken as";
  static constexpr std::tuple fields = {
      field<&recommend::TakenSeedReply::typed>("typed", "The seed as it was given"),
      field<&recommend::TakenSeedReply::kind>("kind", "What it was taken as"),
      field<&recommend::TakenSeedReply::name>("name", "The name of that"),
      field<&recommend::TakenSeedReply::weight>("weight", "How much it counts compared with the other seeds"),
      field<&recommend::TakenSeedReply::songs>("songs",
                                               "Ids of the songs that stand for it: of a group its most played ones"),
  };
};
SEGUE_CHECK_FIELDS(recommend::TakenSeedReply);

template <>
struct FieldsOf<recommend::RecommendationsReply> {
  static constexpr std::string_view name = "Recommendations";
  static constexpr std::string_view description = "Songs to play, in order";
  static constexpr std::tuple fields = {
      field<&recommend::RecommendationsReply::items>("items", "The songs"),
      field<&recommend::RecommendationsReply::interests>("interests",
                                                         "The interests found in what was played, if "
                                                         "place was set"),
      field<&recommend::RecommendationsReply::fallback>("fallback",
                                                        "Present if the model knows none of the listens: "
                                                        "the songs are the most played ones"),
      field<&recommend::RecommendationsReply::user>("user", "The user, if the listens are a user's"),
      field<&recommend::RecommendationsReply::listens>("listens", "How many of the user's listens were used"),
      field<&recommend::RecommendationsReply::model>("model",
                                                     "The model that answered; two as A,B if they share the list"),
      field<&recommend::RecommendationsReply::unknown>("unknown",
                                                       "Ids in the request that the model does not have, at "
                                                       "most 100"),
      field<&recommend::RecommendationsReply::taken_as>("taken_as", "What the seeds were taken as, if there were any"),
      field<&recommend::RecommendationsReply::withheld>("withheld", recommend::kWithheldHelp),
      field<&recommend::RecommendationsReply::next>("next", recommend::kNextHelp),
  };
};
SEGUE_CHECK_FIELDS(recommend::RecommendationsReply);

template <>
struct FieldsOf<recommend::RadioSongReply> {
  using Base = recommend::SongReply;
  static constexpr std::string_view name = "RadioSong";
  static constexpr std::string_view description = "A song of a radio";
  static constexpr std::tuple fields = {
      field<&recommend::RadioSongReply::score>("score", "How well it fits at this place"),
      field<&recommend::RadioSongReply::similarity>("similarity", "Its cosine to the song before it"),
      field<&recommend::RadioSongReply::seed_similarity>("seed_similarity", "Its cosine to the nearest seed"),
  };
};
SEGUE_CHECK_FIELDS(recommend::RadioSongReply);

template <>
struct FieldsOf<recommend::RadioReply> {
  static constexpr std::string_view name = "Radio";
  static constexpr std::string_view description = "A playlist that continues from seed songs";
  static constexpr std::tuple fields = {
      field<&recommend::RadioReply::items>("items", "The songs, in order"),
      field<&recommend::RadioReply::title>("title", "A name for the playlist"),
      field<&recommend::RadioReply::model>("model", "The model that answered"),
      field<&recommend::RadioReply::unknown>("unknown", "Ids in the request that the model does not have, at most 100"),
      field<&recommend::RadioReply::taken_as>("taken_as", "What the seeds were taken as, if there were any"),
      field<&recommend::RadioReply::withheld>("withheld", recommend::kWithheldHelp),
  };
};
SEGUE_CHECK_FIELDS(recommend::RadioReply);

template <>
struct FieldsOf<recommend::PlaylistSongReply> {
  using Base = recommend::SongReply;
  static constexpr std::string_view name = "PlaylistSong";
  static constexpr std::string_view description = "A song of a playlist";
  static constexpr std::tuple fields = {
      field<&recommend::PlaylistSongReply::location>("location", "URI where a player finds the song"),
  };
};
SEGUE_CHECK_FIELDS(recommend::PlaylistSongReply);

template <>
struct FieldsOf<recommend::PlaylistReply> {
  static constexpr std::string_view name = "Playlist";
  static constexpr std::string_view description = "A playlist as --format json writes it";
  static constexpr std::tuple fields = {
      field<&recommend::PlaylistReply::title>("title", "Its name"),
      field<&recommend::PlaylistReply::items>("items", "The songs in their order"),
  };
};
SEGUE_CHECK_FIELDS(recommend::PlaylistReply);

template <>
struct FieldsOf<recommend::JourneySongReply> {
  using Base = recommend::SongReply;
  static constexpr std::string_view name = "JourneySong";
  static constexpr std::string_view description = "A song of a journey";
  static constexpr std::tuple fields = {
      field<&recommend::JourneySongReply::similarity>("similarity",
                                                      "Its cosine to the song before it; 1 for the first"),
      field<&recommend::JourneySongReply::progress>("progress",
                                                    "How far it is from the first song (0) to the last (1)"),
  };
};
SEGUE_CHECK_FIELDS(recommend::JourneySongReply);

template <>
struct FieldsOf<recommend::JourneyReply> {
  static constexpr std::string_view name = "Journey";
  static constexpr std::string_view description = "A playlist from one song to another";
  static constexpr std::tuple fields = {
      field<&recommend::JourneyReply::items>("items", "The songs, both ends included"),
      field<&recommend::JourneyReply::title>("title", "A name for the playlist"),
      field<&recommend::JourneyReply::model>("model", "The model that answered"),
      field<&recommend::JourneyReply::left_out>(
          "left_out",
          "Ids of the ends that the catalogue does not offer: the journey leads there, without playing them"),
  };
};
SEGUE_CHECK_FIELDS(recommend::JourneyReply);

}  // namespace segue

namespace segue::recommend {

// All rows are rows of the catalogue or model.
SongReply song_reply(const data::Catalogue& songs, data::SongRow row);
std::vector<SongReply> song_replies(const data::Catalogue& songs, std::span<const data::SongRow> rows);

// `nearest` as neighbours of `song`, with how often both were played together; without it if there is no one song.
std::vector<SimilarSongReply> similar_song_replies(const model::Model& model, std::optional<data::SongRow> song,
                                                   std::span<const math::ScoredRow> nearest);

std::vector<RecommendedSongReply> recommended_song_replies(const data::Catalogue& songs,
                                                           std::span<const Recommendation> found);
// Without x and y.
InterestReply interest_reply(const data::Catalogue& songs, const Interest& interest);

std::vector<RadioSongReply> radio_song_replies(const data::Catalogue& songs, std::span<const RadioSong> radio);
std::vector<JourneySongReply> journey_song_replies(const data::Catalogue& songs, std::span<const JourneySong> journey);

std::vector<TakenSeedReply> taken_seed_replies(const data::Catalogue& songs, std::span<const TypedSeed> seeds);

// "Radio: Björk – Jóga"; "From Björk – Jóga to Burial – Archangel".
std::string radio_title(const data::Catalogue& songs, data::SongRow first_seed);
std::string radio_title(const data::Catalogue& songs, const TypedSeed& first_seed);
std::string journey_title(const data::Catalogue& songs, data::SongRow from, data::SongRow to);

}  // namespace segue::recommend
