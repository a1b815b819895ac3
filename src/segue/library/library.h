// Which songs of a model can be played, and as what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/index/row_set.h"
#include "segue/library/library_file.h"
#include "segue/search/song_matcher.h"

namespace segue::library {

// How an item and a song were found to be the same, the surest first: by an id of the item's server, a recording or an
// ISRC; by artist and title as they are, or as another edition ("Remastered"); by artist and title of another version
// ("Live", "Remix").
enum class MatchedBy : std::uint8_t { none, id, name, version };

// A library beside the catalogue of a model. Each song has at most one item: the surest, of the song's own album if
// several are as sure, else the first. Items may share a song. Immutable; thread safe.
class Library {
 public:
  // Matches every item, some microseconds each, on up to `threads` threads (0: all). `matcher` is of `songs`, which has
  // to outlive this. Throws as LibraryFile.
  Library(const std::filesystem::path& file, const data::Catalogue& songs, const search::SongMatcher& matcher,
          std::size_t threads = 0);

  const index::RowSet& rows() const { return rows_; }  // songs with an item
  std::optional<LibraryItemView> item_of(data::SongRow row) const;
  // The item, if it is a file here.
  std::optional<LibraryItemView> file_of(data::SongRow row) const;
  // The song of an id of the server, also of an item that shares its song.
  std::optional<data::SongRow> row_of(std::string_view item_id) const;
  // The name of an artist of the server.
  std::optional<std::string_view> artist_of(std::string_view artist_id) const;

  const LibraryFile& file() const { return file_; }
  MatchedBy matched_by(std::size_t item) const { return matched_by_[item]; }

 private:
  struct Match {
    data::SongRow row = 0;
    MatchedBy by = MatchedBy::none;
    bool same_album = false;
  };
  Match match_of(const LibraryItemView& item, const data::Catalogue& songs, const search::SongMatcher& matcher) const;

  LibraryFile file_;
  index::RowSet rows_;
  std::vector<MatchedBy> matched_by_;     // of each item
  std::vector<data::SongRow> row_of_;     // of each item that has one
  std::vector<std::uint32_t> item_of_;    // of each song, kNoItem
  std::vector<std::uint32_t> by_id_;      // items that have an id, by their ids
  std::vector<std::uint32_t> by_artist_;  // items that have an artist's id, one for each, by it
};

// What a library and a model have in common, for people.
struct MatchReport {
  std::size_t items = 0;
  std::size_t by_id = 0;
  std::size_t by_name = 0;
  std::size_t by_version = 0;
  std::size_t unnamed = 0;         // no artist or no title, and no id that is known
  std::size_t unknown_artist = 0;  // no song of the model is by the artist
  std::size_t unknown_song = 0;
  std::size_t songs = 0;             // of the model that have an item
  std::vector<std::size_t> missing;  // items without a song, those by artists that the model knows first

  std::size_t matched() const { return by_id + by_name + by_version; }
};

// Folds the names of all artists of the catalogue once.
MatchReport match_report(const Library& library, const data::Catalogue& songs);

}  // namespace segue::library
