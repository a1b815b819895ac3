// The colour of every song on a drawing, and what the colours mean.
#pragma once

#include <string>
#include <vector>

#include "segue/data/catalogue.h"
#include "segue/map/draw_options.h"
#include "segue/map/raster.h"
#include "segue/map/song_map.h"

namespace segue {

struct LegendEntry {
  Colour colour;
  std::string text;
};

struct ColouredSongs {
  std::vector<Dot> dots;
  std::vector<LegendEntry> legend;  // empty for MapColour::cluster, whose regions have names
};

// Throws wrong_use for MapColour::tag where no song has a tag.
ColouredSongs colour_songs(const SongMap& map, const Catalogue& songs, MapColour colour, MapTheme theme);

}  // namespace segue
