// All songs of a dataset or model: songs.arrow, mapped.
//
// Row i is song i everywhere; songs come in order of descending play count (ties: by id). Columns of songs.arrow:
//   id, title, artist, album   utf8 ("" where unknown)
//   tags                       list<utf8>
//   plays                      uint64
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/text/song_keys.h"

namespace segue::data {

// A row of the catalogue; the texts belong to it.
struct Song {
  std::string_view id;
  std::string_view title;
  std::string_view artist;
  std::string_view album;
  std::vector<std::string_view> tags;
  std::uint64_t plays = 0;

  // "artist – title", or what there is of it, else the id.
  std::string display() const;
};

// Thread safe. Moving it keeps the texts where they are.
class Catalogue {
 public:
  Catalogue();
  // Maps and checks the file (types, lengths, UTF-8 offsets). Throws not_found, corrupt.
  explicit Catalogue(const std::filesystem::path& songs_arrow);
  Catalogue(Catalogue&&) noexcept;
  Catalogue& operator=(Catalogue&&) noexcept;
  ~Catalogue();

  std::uint32_t size() const;
  // REQUIRES: row < size().
  Song song(std::uint32_t row) const;
  Song song_without_tags(std::uint32_t row) const;  // which take as long to read as all the rest
  std::string_view id(std::uint32_t row) const;
  std::uint64_t plays(std::uint32_t row) const;
  // Asks memory for what song_without_tags() of all these reads, without waiting for one after the other.
  void prefetch(std::span<const std::uint32_t> rows) const;
  // Whose song it is, and which recording. Names are folded when a song is first asked for and remembered, 16 bytes a
  // song; after that a few nanoseconds.
  SongKeys keys(std::uint32_t row) const;
  void prefetch_keys(std::uint32_t row) const;
  // Folds the names of all songs, for who will ask for many. `threads` 0: all cores.
  void remember_keys(std::size_t threads) const;

  // The row of an exact id. The first call hashes all ids; the next ones take well under a microsecond.
  std::optional<std::uint32_t> find(std::string_view id) const;
  // Of each of `ids`: a fraction of what one after the other would take.
  std::vector<std::optional<std::uint32_t>> find_all(std::span<const std::string> ids) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A song as a writer hands it over.
struct SongRecord {
  std::string id;
  std::string title;
  std::string artist;
  std::string album;
  std::vector<std::string> tags;
  std::uint64_t plays = 0;
};

// Writes songs.arrow row by row, without ever holding the whole table.
class CatalogueWriter {
 public:
  explicit CatalogueWriter(const std::filesystem::path& songs_arrow);
  ~CatalogueWriter();
  void add(const Song& song);
  void close();  // throws no_space, io_failed

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::data
