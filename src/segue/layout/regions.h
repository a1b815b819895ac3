// Regions of the map: where songs lie densely, at several levels.
//
// At each level the songs are counted on a grid, the counts smoothed, and every hill of the smoothed density becomes a
// region: cells are taken from the densest down, each joins the hill it leans on, and two hills that meet become one
// where the lower of them rises too little above the saddle between them (ToMATo: Chazal, Guibas, Oudot, Skraba 2013).
// A level smooths half as far as the one before it. What is found at a level lies within the regions of the level
// before: a fine region belongs to the coarse one that most of its songs are in, with all of them.
#pragma once

#include <cstdint>

#include "segue/layout/song_map.h"

namespace segue::layout {

struct RegionOptions {
  std::uint32_t levels = 3;
  // Standard deviation of the smoothing at level 0, in parts of the map's width; wider where there are few songs.
  double smoothing = 0.024;
  // A hill counts from this part of its height above the saddle.
  double prominence = 0.03;
  // A region has at least this many songs at the finest level, and this part of all songs at level 0.
  std::uint32_t least_songs = 12;
  double least_part = 0.004;
};

// The map of these points, its regions without names. Depends on nothing but the points and options.
SongMap find_regions(Layout layout, const RegionOptions& options = {});

}  // namespace segue::layout
