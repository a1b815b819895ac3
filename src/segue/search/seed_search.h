// Finds what typed words name as something to start from: a song, or an artist, an album or a tag with a weight.
//
//   Kane Brown Heaven         a song by its id or name, an artist by name, or a song by words of artist and title
//   artist:Kane Brown         an artist; album:NAME or album:ARTIST - NAME; tag:NAME
//   artist:Kane Brown:2       with a weight
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/search/group_search.h"
#include "segue/search/song_search.h"

namespace segue::search {

// The largest weight that can be typed.
inline constexpr double kMostSeedWeight = 1000;

struct FoundSeed {
  // Of a song: it, and others that match as well as it, of which equally_good counts all.
  FoundSongs songs;
  // Of a group: it, and others that match as well.
  std::optional<GroupKind> kind;  // nullopt: a song
  std::vector<SongGroup> groups;
  std::optional<double> weight;  // the one typed

  bool is_group() const { return kind.has_value(); }
  // REQUIRES: is_group().
  const SongGroup& group() const { return groups.front(); }
  // The song, or all songs of the group: ascending, the most played first.
  std::vector<data::SongRow> rows() const;
};

// What `typed` names; the first of these that there is:
//   1. a song by its id, or by exactly this name: even one called "artist:..."
//   2. with a prefix a group by exactly this name; without one an artist
//   3. the same for `typed` without ":NUMBER" at its end, which is its weight then
//   4. with a prefix a group whose name has all the words; without one a song that find_songs() finds
//   5. the same without ":NUMBER"
// Throws not_found with the nearest names; wrong_use for a weight that is not above 0 and at most kMostSeedWeight.
// Scans the catalogue once for each of these that it tries. Thread safe.
FoundSeed find_seed(const data::Catalogue& songs, std::string_view typed);

}  // namespace segue::search
