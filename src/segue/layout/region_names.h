// Names for the regions of a map.
//
// A region is named by the one or two terms that are most its own by class-based TF-IDF (Grootendorst 2022,
// arXiv:2203.05794): tf(term, region) * log(1 + mean tf of a region / tf(term, all regions)). Terms are the songs' tags
// where at least half of the region's songs have any, else their artists. A play weighs little against a song
// (log(1 + plays)), so that names are known ones. No two regions share a term, coarse regions choosing before fine
// ones; a region that is nearly all of its parent has no name of its own.
#pragma once

#include <string>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/layout/song_map.h"

namespace segue::layout {

// Sets the label of every region; "" where there is none to give. REQUIRES: map.region.size() == songs.size().
void name_regions(SongMap& map, const data::Catalogue& songs);

// The first of the artists that `credits` names each, lists separated by ", ": "Drake, Future" is Drake where Drake is
// credited otherwise, too; "Tyler, The Creator" is one name where nothing else ever follows Tyler.
std::vector<std::string> lead_artists(const std::vector<std::string>& credits);

}  // namespace segue::layout
