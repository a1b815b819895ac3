// Which song of a model a stored listen is of.
//
// A listen comes from a player that may know the song by an id of its own, by MusicBrainz's, or by its names only, and
// spells names its own way. What is sure is tried first:
//   1. song_id is an id of the catalogue, or the last part of exactly one ("4uLU6hMCjMI75M1A2tKUQC" for
//      "spotify:track:4uLU6hMCjMI75M1A2tKUQC"); then recording_mbid likewise
//   2. artist and title are those of a song but for case, width and white space (fold_name)
//   3. they are so without guests, accents and what names a version (song_keys.h): a remaster is the song
// Where several songs have the same names, the one played most is meant.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/store/store.h"

namespace segue::search {

// What is behind the last ':' or '/', without a URL's "?..." or "#...": the id in a URI or URL. All of an id that has
// none of these.
std::string_view last_part(std::string_view id);

// Immutable, thread safe. Holds 64-bit hashes of the names rather than the names: 24 bytes a song (36 where ids have
// several parts); two names of one hash are as likely as songs² / 2^65. `songs` has to outlive it.
class SongMatcher {
 public:
  // Folds every name, about 3 µs a song, on up to `threads` threads (0: all), and has the catalogue hash its ids.
  explicit SongMatcher(const data::Catalogue& songs, std::size_t threads = 0);

  // The row of the song, or nothing where the catalogue does not have it. A few microseconds, most of them folding.
  std::optional<std::uint32_t> find(const store::StoredListen& listen) const;

 private:
  std::optional<std::uint32_t> find_id(std::string_view id) const;
  std::optional<std::uint32_t> find_key(std::uint64_t key) const;

  const data::Catalogue& songs_;
  std::vector<std::uint64_t> keys_;  // ascending
  std::vector<std::uint32_t> rows_;  // of each key
};

}  // namespace segue::search
