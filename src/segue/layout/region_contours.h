// Contours of regions: soft outlines of where their songs lie.
//
// The songs of a region are counted on a grid and smoothed. A contour encloses the smallest area that holds a given
// part of the region's songs: a highest density region (Hyndman 1996), whose level is the density that this part of the
// songs exceeds. So the outermost contour leaves out only stray songs, and an inner one shows the core. Lines are
// traced by marching squares and simplified (Douglas and Peucker 1973).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "segue/layout/song_map.h"

namespace segue::layout {

// The part of its songs that each contour of a region encloses, the outermost first.
inline constexpr std::array<double, 3> kContourParts = {0.92, 0.7, 0.4};

struct Contour {
  std::int32_t region = kNoRegion;
  std::uint32_t part = 0;                 // an index of kContourParts
  std::vector<std::vector<Point>> rings;  // closed; holes run the other way round
};

// Those of every region of level 0, by region, outer before inner. About a tenth of a second for a million songs.
std::vector<Contour> region_contours(const SongMap& map);

}  // namespace segue::layout
