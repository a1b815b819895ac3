// The options of `segue map` for drawing.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "segue/base/options.h"

namespace segue::draw {

enum class MapColour { cluster, tag, popularity };
inline constexpr std::array<std::string_view, 3> kMapColourNames = {"cluster", "tag", "popularity"};
constexpr std::span<const std::string_view> names(MapColour) {
  return kMapColourNames;
}

enum class MapTheme { dark, light };
inline constexpr std::array<std::string_view, 2> kMapThemeNames = {"dark", "light"};
constexpr std::span<const std::string_view> names(MapTheme) {
  return kMapThemeNames;
}

struct DrawOptions {
  std::string png{};
  std::string svg{};
  std::string html{};
  std::string csv{};
  std::string frames{};
  std::string webp{};
  std::uint32_t size = 2000;
  MapColour colour = MapColour::cluster;
  MapTheme theme = MapTheme::dark;
  bool labels = true;
};

}  // namespace segue::draw

namespace segue {

template <>
struct OptionsOf<draw::DrawOptions> {
  static constexpr std::string_view section = "map";
  static constexpr std::array rows = {
      option<&draw::DrawOptions::png>("png", "Draw the map to this PNG file"),
      option<&draw::DrawOptions::svg>("svg", "Draw it to this SVG file: points as an image, names as vectors"),
      option<&draw::DrawOptions::html>("html",
                                       "Write an interactive page to this file: pan, zoom, search; needs no network"),
      option<&draw::DrawOptions::csv>("csv", "Write the songs with x, y and region to this CSV file"),
      option<&draw::DrawOptions::frames>("frames", "With --highlight: draw its steps to PNG files in this folder"),
      option<&draw::DrawOptions::webp>("webp", "With --highlight: draw its steps to this animated WebP file"),
      option<&draw::DrawOptions::size>("size", "Width and height of pictures, in pixels", between(200, 16000)),
      option<&draw::DrawOptions::colour>("colour", "What the colours of songs show"),
      option<&draw::DrawOptions::theme>("theme", "Light on dark, or dark on light"),
      option<&draw::DrawOptions::labels>("labels", "Write the names of regions"),
  };
};
SEGUE_CHECK_OPTIONS(draw::DrawOptions);

}  // namespace segue
