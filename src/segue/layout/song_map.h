// The map of a model: a point for every song, and named regions.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/layout/layout.h"

namespace segue::layout {

inline constexpr std::int32_t kNoRegion = -1;

// What a region's name is made of: titles of playlists, tags or artists.
enum class NameSource : std::uint8_t { none, titles, tags, artists };
inline constexpr std::array<std::string_view, 4> kNameSourceNames = {"none", "titles", "tags", "artists"};
constexpr std::span<const std::string_view> names(NameSource) {
  return kNameSourceNames;
}

// A place where songs lie close together. Regions of one level share no song; each lies in one region of the level
// above.
struct Region {
  Point centre;       // a point of the map where the region is dense
  std::string label;  // its name, "" if it has none (region_names.h)
  std::uint32_t size = 0;
  std::uint32_t level = 0;          // 0: the largest regions
  std::int32_t parent = kNoRegion;  // the region around it, one level up; kNoRegion at level 0
  NameSource source = NameSource::none;
};

struct SongMap {
  Layout layout;
  std::vector<std::int32_t> region;  // of each song: its region at the finest level, or kNoRegion
  std::vector<Region> regions;       // by level; a parent comes before its children
};

// The region of `level` around `region`, or `region` itself if it is of that level. REQUIRES: level <= its level.
inline std::int32_t region_at(const std::vector<Region>& regions, std::int32_t region, std::uint32_t level) {
  while (region != kNoRegion && regions[static_cast<std::size_t>(region)].level > level) {
    region = regions[static_cast<std::size_t>(region)].parent;
  }
  return region;
}

}  // namespace segue::layout
