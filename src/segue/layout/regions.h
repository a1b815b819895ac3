// Regions of the map: dense places, at several levels.
//
// At each level the songs are counted on a grid, the counts are smoothed, and every hill of the density becomes a
// region: cells are taken from the densest down, each joins its highest neighbour's hill, and two hills that meet are
// merged if the lower one rises too little above the saddle between them (ToMATo: Chazal, Guibas, Oudot, Skraba 2013).
// Each level smooths half as far as the one before. Levels nest: a fine region belongs, with all its songs, to the
// coarse region that has most of them.
#pragma once

#include <cstdint>

#include "segue/layout/song_map.h"

namespace segue::layout {

struct RegionOptions {
  std::uint32_t levels = 3;
  // Standard deviation of the smoothing at level 0, as a fraction of the map's width; larger if there are few songs.
  double smoothing = 0.024;
  // A hill must rise above the saddle by this fraction of its height.
  double prominence = 0.03;
  // A region has at least this many songs at the finest level, and this fraction of all songs at level 0.
  std::uint32_t least_songs = 12;
  double least_part = 0.004;
};

// The map of these points, with regions that have no names yet. Depends only on the points and options.
SongMap find_regions(Layout layout, const RegionOptions& options = {});

}  // namespace segue::layout
