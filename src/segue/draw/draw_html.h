// The map as a self-contained page: no server, no network.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/fields.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/layout/map_fields.h"
#include "segue/layout/song_map.h"

namespace segue::draw {

// The most songs a page holds; of more, the most played are shown.
inline constexpr std::uint32_t kMostPageSongs = 200'000;

// What the page shows. Columns have a number for each song shown, little endian, in base64.
struct MapPageReply {
  std::uint32_t songs = 0;
  float left = 0;
  float bottom = 0;
  float width = 0;
  std::string places{};
  std::string region{};
  std::string plays{};
  std::string artist{};
  std::vector<std::string_view> titles{};
  std::vector<std::string_view> artists{};
  std::vector<layout::RegionReply> regions{};
  std::vector<layout::ContourReply> contours{};
};

// Views of the map and the catalogue, which have to outlive it. REQUIRES: a point for each song.
MapPageReply map_page_reply(const layout::SongMap& map, const data::Catalogue& songs);

// Fills the template (base/page.h). The file appears complete or not at all. Throws not_found, wrong_use, no_space,
// io_failed.
void write_map_html(const std::filesystem::path& file, std::string_view page_template, const layout::SongMap& map,
                    const data::Catalogue& songs);

}  // namespace segue::draw

namespace segue {

template <>
struct FieldsOf<draw::MapPageReply> {
  static constexpr std::string_view name = "MapPage";
  static constexpr std::string_view description = "A map with its songs, for a page of its own";
  static constexpr std::tuple fields = {
      field<&draw::MapPageReply::songs>("songs", "Songs of the model, of which the page has the most played"),
      field<&draw::MapPageReply::left>("left", "The x of places that are 0, in the map's own units"),
      field<&draw::MapPageReply::bottom>("bottom", "Their y"),
      field<&draw::MapPageReply::width>("width", "From 0 to 65535"),
      field<&draw::MapPageReply::places>("places", "x and y of each song as uint16"),
      field<&draw::MapPageReply::region>("region", "The finest region of each song as int16; -1 for none"),
      field<&draw::MapPageReply::plays>("plays", "Plays of each song as uint32"),
      field<&draw::MapPageReply::artist>("artist", "The artist of each song as uint32, an index"),
      field<&draw::MapPageReply::titles>("titles", "The title of each song; the id of one without any name"),
      field<&draw::MapPageReply::artists>("artists", "Names of artists"),
      field<&draw::MapPageReply::regions>("regions", "The regions, the largest level first"),
      field<&draw::MapPageReply::contours>("contours", "Outlines of the largest regions"),
  };
};
SEGUE_CHECK_FIELDS(draw::MapPageReply);

}  // namespace segue
