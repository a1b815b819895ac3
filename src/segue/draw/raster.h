// The points of a map as a picture.
//
// Points are soft discs that add up. The sum at each pixel is tone-mapped by its logarithm relative to the densest
// places, so that a dense core does not saturate and a lone song is still visible. The colour of a pixel is the mean of
// its songs in linear light.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "segue/draw/colours.h"
#include "segue/layout/layout.h"

namespace segue::draw {

// side x side pixels, rows from the top, each 0x00RRGGBB.
struct Raster {
  std::size_t side = 0;
  std::vector<std::uint32_t> pixels;
};

// The position of the map on a square picture: all points, y upwards, with a margin.
struct PictureFrame {
  layout::Point centre;
  float scale = 1;  // pixels for one unit of the map
  float half = 0;   // pixels from the middle to the edge

  layout::Point pixel_of(layout::Point point) const {
    return {half + (point.x - centre.x) * scale, half - (point.y - centre.y) * scale};
  }
};
PictureFrame picture_of(const layout::Layout& layout, std::size_t side);

struct Dot {
  Colour colour;
  float weight = 1;  // 0 ... 1; songs played less are drawn smaller
};

// REQUIRES: dots.size() == layout.size().
Raster paint_points(const layout::Layout& layout, std::span<const Dot> dots, const PictureFrame& frame,
                    std::size_t side, MapTheme theme);

}  // namespace segue::draw
