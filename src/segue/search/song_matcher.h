// Matches stored listens to the songs of a model.
//
// A player may know a song by its own id, by MusicBrainz's or only by its names, and has its own spellings. The most
// reliable match is tried first:
//   1. song_id is an id of the catalogue, or the last part of exactly one ("4uLU6hMCjMI75M1A2tKUQC" for
//      "spotify:track:4uLU6hMCjMI75M1A2tKUQC"); then recording_mbid likewise
//   2. artist and title are those of a song except for case, width and white space (fold_name)
//   3. they are the same without guests, accents and names of versions (song_keys.h): a remaster matches the song
// If several songs have the same names, the most played one matches.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/store/store.h"

namespace segue::search {

// The part after the last ':' or '/', without "?..." or "#...": the id in a URI or URL. The whole id if it has none of
// these.
std::string_view last_part(std::string_view id);

// Immutable, thread safe. Holds 64-bit hashes of the names instead of the names: 24 bytes a song (36 if ids have
// several parts); a collision has the probability songs² / 2^65. `songs` has to outlive it.
class SongMatcher {
 public:
  // Folds every name, about 3 µs a song, on up to `threads` threads (0: all), and makes the catalogue hash its ids.
  explicit SongMatcher(const data::Catalogue& songs, std::size_t threads = 0);

  // The row of the song, or nothing if the catalogue does not have it. A few microseconds, mostly for folding.
  std::optional<data::SongRow> find(const store::StoredListen& listen) const;

 private:
  std::optional<data::SongRow> find_id(std::string_view id) const;
  std::optional<data::SongRow> find_key(std::uint64_t key) const;

  const data::Catalogue& songs_;
  std::vector<std::uint64_t> keys_;  // ascending
  std::vector<data::SongRow> rows_;  // of each key
};

}  // namespace segue::search
