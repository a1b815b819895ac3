// Replies to AudioMuse-AI's plugins, declared once (base/fields.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/fields.h"
#include "segue/base/json.h"

namespace segue::serve {

struct AudioMuseErrorReply {
  std::string_view error{};
};

struct AudioMuseTrackReply {
  std::string item_id{};
  std::string_view title{};
  std::string_view author{};
  std::string_view album{};
  std::string_view album_artist{};
};

struct AudioMuseNeighbourReply : AudioMuseTrackReply {
  float distance = 0;
};

struct AudioMusePathReply {
  std::vector<AudioMuseNeighbourReply> path{};
  float total_distance = 0;
};

struct AudioMuseFarthestReply {
  float max_distance = 0;
  Nullable<std::string> farthest_item_id{};
};

struct AudioMuseAlchemyReply {
  std::vector<AudioMuseNeighbourReply> results{};
  std::vector<AudioMuseNeighbourReply> filtered_out{};
};

struct AudioMuseSongReply {
  std::string item_id{};
  std::string_view title{};
};

struct AudioMuseMatchReply {
  float distance = 0;
  std::vector<AudioMuseSongReply> artist1_representative_songs{};
  std::vector<AudioMuseSongReply> artist2_representative_songs{};
};

struct AudioMuseArtistReply {
  std::string artist{};
  Nullable<std::string> artist_id{};
  float divergence = 0;
  std::optional<std::vector<AudioMuseMatchReply>> component_matches{};
};

struct AudioMuseServerReply {
  Nullable<std::string> server_id{};
  std::string_view server_name = "Segue";
  bool is_default = true;
  json::object playlists{};
};

struct AudioMusePlaylistsReply {
  bool multi_server = false;
  std::vector<AudioMuseServerReply> servers{};
};

}  // namespace segue::serve

namespace segue {

template <>
struct FieldsOf<serve::AudioMuseErrorReply> {
  static constexpr std::string_view name = "AudioMuseError";
  static constexpr std::string_view description = "An error, as AudioMuse-AI's plugins read it";
  static constexpr std::tuple fields = {
      field<&serve::AudioMuseErrorReply::error>("error", "One sentence"),
  };
};
SEGUE_CHECK_FIELDS(serve::AudioMuseErrorReply);

template <>
struct FieldsOf<serve::AudioMuseTrackReply> {
  static constexpr std::string_view name = "AudioMuseTrack";
  static constexpr std::string_view description = "A song as AudioMuse-AI's plugins know it";
  static constexpr std::tuple fields = {
      field<&serve::AudioMuseTrackReply::item_id>("item_id", "The music server's id of the song"),
      field<&serve::AudioMuseTrackReply::title>("title", "Title, \"\" if unknown"),
      field<&serve::AudioMuseTrackReply::author>("author", "Artist, \"\" if unknown"),
      field<&serve::AudioMuseTrackReply::album>("album", "Album, \"\" if unknown"),
      field<&serve::AudioMuseTrackReply::album_artist>("album_artist", "The same as author"),
  };
};
SEGUE_CHECK_FIELDS(serve::AudioMuseTrackReply);

template <>
struct FieldsOf<serve::AudioMuseNeighbourReply> {
  using Base = serve::AudioMuseTrackReply;
  static constexpr std::string_view name = "AudioMuseNeighbour";
  static constexpr std::string_view description = "A song of a list, in the order to be played";
  static constexpr std::tuple fields = {
      field<&serve::AudioMuseNeighbourReply::distance>("distance",
                                                       "1 less the cosine of two song vectors, from 0 to 2: to the "
                                                       "song asked about, to the mean of several, or in a "
                                                       "path to the song before"),
  };
};
SEGUE_CHECK_FIELDS(serve::AudioMuseNeighbourReply);

template <>
struct FieldsOf<serve::AudioMusePathReply> {
  static constexpr std::string_view name = "AudioMusePath";
  static constexpr std::string_view description = "A path of songs from one song to another";
  static constexpr std::tuple fields = {
      field<&serve::AudioMusePathReply::path>("path", "The songs in order, both ends included"),
      field<&serve::AudioMusePathReply::total_distance>("total_distance", "The sum of the distances"),
  };
};
SEGUE_CHECK_FIELDS(serve::AudioMusePathReply);

template <>
struct FieldsOf<serve::AudioMuseFarthestReply> {
  static constexpr std::string_view name = "AudioMuseFarthest";
  static constexpr std::string_view description = "The song least like another";
  static constexpr std::tuple fields = {
      field<&serve::AudioMuseFarthestReply::max_distance>("max_distance", "Its distance, from 0 to 2"),
      field<&serve::AudioMuseFarthestReply::farthest_item_id>(
          "farthest_item_id", "The music server's id of it; null in a model of one song"),
  };
};
SEGUE_CHECK_FIELDS(serve::AudioMuseFarthestReply);

template <>
struct FieldsOf<serve::AudioMuseAlchemyReply> {
  static constexpr std::string_view name = "AudioMuseAlchemy";
  static constexpr std::string_view description = "Songs like those added and unlike those subtracted";
  static constexpr std::tuple fields = {
      field<&serve::AudioMuseAlchemyReply::results>("results", "The songs, the best first"),
      field<&serve::AudioMuseAlchemyReply::filtered_out>("filtered_out", "Always empty"),
  };
};
SEGUE_CHECK_FIELDS(serve::AudioMuseAlchemyReply);

template <>
struct FieldsOf<serve::AudioMuseSongReply> {
  static constexpr std::string_view name = "AudioMuseSong";
  static constexpr std::string_view description = "A song of an artist";
  static constexpr std::tuple fields = {
      field<&serve::AudioMuseSongReply::item_id>("item_id", "The music server's id of the song"),
      field<&serve::AudioMuseSongReply::title>("title", "Title, \"\" if unknown"),
  };
};
SEGUE_CHECK_FIELDS(serve::AudioMuseSongReply);

template <>
struct FieldsOf<serve::AudioMuseMatchReply> {
  static constexpr std::string_view name = "AudioMuseMatch";
  static constexpr std::string_view description = "Songs of two similar artists to play together";
  static constexpr std::tuple fields = {
      field<&serve::AudioMuseMatchReply::distance>("distance", "1 less the cosine of the two artists"),
      field<&serve::AudioMuseMatchReply::artist1_representative_songs>("artist1_representative_songs",
                                                                       "Songs of the artist asked about"),
      field<&serve::AudioMuseMatchReply::artist2_representative_songs>("artist2_representative_songs",
                                                                       "Songs of the similar artist"),
  };
};
SEGUE_CHECK_FIELDS(serve::AudioMuseMatchReply);

template <>
struct FieldsOf<serve::AudioMuseArtistReply> {
  static constexpr std::string_view name = "AudioMuseArtist";
  static constexpr std::string_view description = "A similar artist";
  static constexpr std::tuple fields = {
      field<&serve::AudioMuseArtistReply::artist>("artist", "Name"),
      field<&serve::AudioMuseArtistReply::artist_id>("artist_id", "The music server's id of the artist; null: unknown"),
      field<&serve::AudioMuseArtistReply::divergence>("divergence", "1 less the cosine of the two artists"),
      field<&serve::AudioMuseArtistReply::component_matches>("component_matches",
                                                             "Songs of both, if they were asked for"),
  };
};
SEGUE_CHECK_FIELDS(serve::AudioMuseArtistReply);

template <>
struct FieldsOf<serve::AudioMuseServerReply> {
  static constexpr std::string_view name = "AudioMuseServer";
  static constexpr std::string_view description = "The playlists of one server";
  static constexpr std::tuple fields = {
      field<&serve::AudioMuseServerReply::server_id>("server_id", "Always null"),
      field<&serve::AudioMuseServerReply::server_name>("server_name", "\"Segue\""),
      field<&serve::AudioMuseServerReply::is_default>("is_default", "Always true"),
      field<&serve::AudioMuseServerReply::playlists>(
          "playlists", "For each region of the map, by name, the most played songs: {item_id, title, author}"),
  };
};
SEGUE_CHECK_FIELDS(serve::AudioMuseServerReply);

template <>
struct FieldsOf<serve::AudioMusePlaylistsReply> {
  static constexpr std::string_view name = "AudioMusePlaylists";
  static constexpr std::string_view description = "Playlists made from the model";
  static constexpr std::tuple fields = {
      field<&serve::AudioMusePlaylistsReply::multi_server>("multi_server", "Always false"),
      field<&serve::AudioMusePlaylistsReply::servers>("servers", "One"),
  };
};
SEGUE_CHECK_FIELDS(serve::AudioMusePlaylistsReply);

}  // namespace segue
