// Colours of map drawings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "segue/draw/draw_options.h"
#include "segue/layout/song_map.h"

namespace segue::draw {

// sRGB, each from 0 to 1.
struct Colour {
  float red = 0;
  float green = 0;
  float blue = 0;
};

constexpr Colour rgb(std::uint32_t hex) {
  return {static_cast<float>(hex >> 16 & 0xFFU) / 255, static_cast<float>(hex >> 8 & 0xFFU) / 255,
          static_cast<float>(hex & 0xFFU) / 255};
}
std::uint32_t packed(Colour colour);  // 0x00RRGGBB, rounded
constexpr Colour mixed(Colour a, Colour b, float part_of_b) {
  return {a.red + (b.red - a.red) * part_of_b, a.green + (b.green - a.green) * part_of_b,
          a.blue + (b.blue - a.blue) * part_of_b};
}

// The colours of a theme, except those of regions and tags.
struct ThemeColours {
  Colour paper;
  Colour ink;     // text
  Colour dim;     // less important text
  Colour bright;  // the densest places
  Colour none;    // points without a region or tag
  Colour played;  // highlighted songs, and those recommended from them
  Colour found;
};
const ThemeColours& colours_of(MapTheme theme);

// The colours of regions and tags: those of Okabe and Ito (2008), distinct for the colour-blind, some of them made
// lighter or darker to suit the background.
std::span<const Colour> palette_of(MapTheme theme);

// From little to much: cividis (Nunez, Anderton, Renslow 2018), which looks alike with any colour vision.
// REQUIRES: 0 <= part <= 1.
Colour scale_at(float part, MapTheme theme);

// Each region's place in a palette of `colours`: that of the level 0 region around it, chosen so that regions of one
// colour lie far apart.
std::vector<std::size_t> colour_regions(const std::vector<layout::Region>& regions, std::size_t colours);

}  // namespace segue::draw
