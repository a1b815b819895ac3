// Rows of logs, whatever the file format.
//
// A RowReader reads one file once and returns its rows in batches of columns. What a row means is decided elsewhere
// (segue/data/log/log_reader.h), so that the same rules apply to every format.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/log/cell.h"
#include "segue/data/log/rejects.h"

namespace segue::data {

// The meaning of a column. In rows of playlists, song, title, artist and album are lists with an item a song.
enum class Field { user, song, time, title, artist, album, tags, played, length, skipped, event, name };
inline constexpr std::array<std::string_view, 12> kFieldNames = {
    "user", "song", "time", "title", "artist", "album", "tags", "played", "length", "skipped", "event", "name"};
inline constexpr std::size_t kFieldCount = kFieldNames.size();

// For each field the index of its column among RowReader::columns(), or nothing.
using FieldColumns = std::array<std::optional<std::size_t>, kFieldCount>;

// The values of one field in a batch.
struct RowColumn {
  bool present = false;
  std::vector<Cell> cells;                // one a row; or, of a list column, all items
  std::vector<std::uint32_t> list_begin;  // of a list column: row i has items list_begin[i] .. list_begin[i + 1]

  bool is_list() const { return !list_begin.empty(); }
};

struct RowBatch {
  std::size_t rows = 0;
  std::array<RowColumn, kFieldCount> columns;
  // Where each row is: the line of a text file, from 1; in other formats the row, from 1.
  std::vector<std::uint64_t> lines;
  std::vector<Reject> rejects;  // rejected while reading
  std::shared_ptr<const void> owner;

  const RowColumn& operator[](Field field) const { return columns[static_cast<std::size_t>(field)]; }
  RowColumn& operator[](Field field) { return columns[static_cast<std::size_t>(field)]; }
};

class RowReader {
 public:
  virtual ~RowReader() = default;
  // All columns of the file, by name. JSON: all keys of the first rows, "track.name" for a key inside an object.
  virtual const std::vector<std::string>& columns() const = 0;
  // Which columns to read; called once, before next().
  virtual void choose(const FieldColumns& columns) = 0;
  // The next rows, at least one row or reject; nothing at the end. Throws bad_input for a file that is truncated.
  virtual std::optional<RowBatch> next() = 0;
};

}  // namespace segue::data
