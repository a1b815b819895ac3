// Names for the regions of a map.
//
// Three kinds of terms may name a region, the first that can: what people called the playlists with its songs
// (data/dataset/title_terms.h), tags if at least half of its songs have any, and artists. The name is the term, of tags
// and artists the one or two terms, with the highest class-based TF-IDF (Grootendorst 2022, arXiv:2203.05794):
// tf(term, region) * log(1 + mean tf of a region / tf(term, all regions)).
//
// No name is better than a wrong one. A title's term has to be said of a good part of the region's songs and several
// times as often as elsewhere, so that "Chill", said of everything, names nothing; a longer term wins over the shorter
// one in it if it is said nearly as often. Songs count log(1 + plays), so that names are well known. No two regions
// share a term; coarse regions choose before fine ones. A region that has nearly all songs of its parent gets no name
// of its own.
#pragma once

#include <string>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/data/dataset/title_terms.h"
#include "segue/layout/song_map.h"

namespace segue::layout {

// Sets the label of every region and its source; "" if it gets none. REQUIRES: map.region.size() == songs.size(); the
// titles are empty or of as many songs.
void name_regions(SongMap& map, const data::Catalogue& songs, const data::TitleTerms& titles = {});

// The first artist of each credit, a list separated by ", ": "Drake, Future" is Drake if Drake is also credited
// elsewhere; "Tyler, The Creator" is one name because nothing else ever follows Tyler.
std::vector<std::string> lead_artists(const std::vector<std::string>& credits);

}  // namespace segue::layout
