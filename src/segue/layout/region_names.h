// Names for the regions of a map.
//
// A region is named by the one or two terms with the highest class-based TF-IDF (Grootendorst 2022, arXiv:2203.05794):
// tf(term, region) * log(1 + mean tf of a region / tf(term, all regions)). Terms are the songs' tags if at least half
// of the region's songs have any, otherwise their artists. A song counts log(1 + plays), so that names are well known.
// No two regions share a term; coarse regions choose before fine ones. A region that has nearly all songs of its parent
// gets no name of its own.
#pragma once

#include <string>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/layout/song_map.h"

namespace segue::layout {

// Sets the label of every region; "" if it gets none. REQUIRES: map.region.size() == songs.size().
void name_regions(SongMap& map, const data::Catalogue& songs);

// The first artist of each credit, a list separated by ", ": "Drake, Future" is Drake if Drake is also credited
// elsewhere; "Tyler, The Creator" is one name because nothing else ever follows Tyler.
std::vector<std::string> lead_artists(const std::vector<std::string>& credits);

}  // namespace segue::layout
