// The songs of a dataset or model: songs.arrow, mapped.
//
// Row i is song i everywhere; songs are sorted by descending play count (ties by id). Columns of songs.arrow:
//   id, title, artist, album   utf8 ("" if unknown)
//   tags                       list<utf8>
//   plays                      uint64
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/file.h"
#include "segue/data/dataset/song_row.h"
#include "segue/data/text/song_keys.h"

namespace segue::data {

// A song without its tags, which take as long to read as everything else. The texts belong to the catalogue.
struct Song {
  std::string_view id;
  std::string_view title;
  std::string_view artist;
  std::string_view album;
  std::uint64_t plays = 0;

  // "artist – title", or whichever of the two is known, else the id.
  std::string display() const;
};

// Thread safe. Moving it keeps the texts where they are. Every row REQUIRES: row < size().
class Catalogue {
 public:
  Catalogue();
  // Maps and checks the file (types, lengths, UTF-8 offsets). Throws not_found, corrupt.
  explicit Catalogue(const std::filesystem::path& songs_arrow);
  explicit Catalogue(const MappedFile& songs_arrow);
  Catalogue(Catalogue&&) noexcept;
  Catalogue& operator=(Catalogue&&) noexcept;
  ~Catalogue();

  std::uint32_t size() const;
  Song song(SongRow row) const;
  std::vector<std::string_view> tags(SongRow row) const;
  std::string_view id(SongRow row) const;
  std::uint64_t plays(SongRow row) const;
  // Calls body(i, song) for the song of each rows[i], in order. Several times as fast as calling song() for rows all
  // over the catalogue, because the reads from memory overlap.
  using Body = std::function<void(std::size_t i, const Song& song)>;
  void for_each(std::span<const SongRow> rows, const Body& body) const;

  // The artist and the recording of a song. The first call for a song folds its names, which takes a microsecond or
  // two; the keys are then kept, in 16 bytes a song.
  SongKeys keys(SongRow row) const;
  // The keys of each row. As with for_each(), faster than one row at a time.
  std::vector<SongKeys> keys(std::span<const SongRow> rows) const;

  // The row with exactly this id. The first call hashes all ids; later ones take well under a microsecond.
  std::optional<SongRow> find(std::string_view id) const;
  // The row of each id, in a fraction of the time of one find() after another.
  std::vector<std::optional<SongRow>> find_all(std::span<const std::string> ids) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A song that owns its texts.
struct SongRecord {
  std::string id;
  std::string title;
  std::string artist;
  std::string album;
  std::vector<std::string> tags;
  std::uint64_t plays = 0;
};

// Writes songs.arrow row by row, without holding the whole table.
class CatalogueWriter {
 public:
  explicit CatalogueWriter(const std::filesystem::path& songs_arrow);
  ~CatalogueWriter();
  void add(const Song& song, std::span<const std::string_view> tags);
  void close();  // throws no_space, io_failed

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::data
