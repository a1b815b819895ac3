// The colour of every song on a drawing, and the legend.
#pragma once

#include <string>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/draw/draw_options.h"
#include "segue/draw/raster.h"
#include "segue/layout/song_map.h"

namespace segue::draw {

struct LegendEntry {
  Colour colour;
  std::string text;
};

struct ColouredSongs {
  std::vector<Dot> dots;
  std::vector<LegendEntry> legend;  // empty for MapColour::cluster, whose regions have names
};

// Throws wrong_use for MapColour::tag if no song has a tag.
ColouredSongs colour_songs(const layout::SongMap& map, const data::Catalogue& songs, MapColour colour, MapTheme theme);

}  // namespace segue::draw
