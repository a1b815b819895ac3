// Finds songs by typed text: an id, or words of artist and title.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "segue/data/dataset/catalogue.h"

namespace segue::search {

enum class SongMatch {
  id,     // `songs` holds the one song with exactly this id
  name,   // every typed word begins a word of artist or title, and the best has exactly this name (name_match.h)
  words,  // every typed word begins a word of artist or title; the best first
  none,   // nothing matches
};

struct FoundSongs {
  SongMatch match = SongMatch::none;
  std::vector<data::SongRow> songs;  // rows, at most `limit`; of `none` the nearest_songs()
  // How many songs match as well as the first one, which only has the most plays. 1 if the match is unambiguous.
  std::size_t equally_good = 0;
};

// Looks for `query` as an id, then as words (search_fold of both sides). Ranked by: how well the names match
// (name_match.h); fewer other words; fewer words matched only by a prefix; more plays.
// Scans the catalogue: about 0.2 s for a million songs, 0.5 s if nothing matches. Thread safe.
FoundSongs find_songs(const data::Catalogue& songs, std::string_view query, std::size_t limit = 10);
// The same without the nearest songs if nothing matches.
FoundSongs match_songs(const data::Catalogue& songs, std::string_view query, std::size_t limit = 10);
// The songs of the most similar spelling, the nearest first: those with most of the typed words, or words with a typo
// or two of difference (spellings.h); if there are none, those that share the most trigrams of letters. Two to three
// seconds for a million songs.
std::vector<data::SongRow> nearest_songs(const data::Catalogue& songs, std::string_view query, std::size_t limit = 10);

}  // namespace segue::search
