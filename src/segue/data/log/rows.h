// Rows of logs, whatever the file format.
//
// A RowReader reads one file once and returns its rows in batches of columns. All values are texts, as in most logs;
// the caller (segue/data/dataset/ingest.cpp) checks and interprets them, so that the same rules apply to every format.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/log/rejects.h"

namespace segue::data {

// The meaning of a column.
enum class Field { user, song, time, title, artist, album, tags, played_ms, songs };
inline constexpr std::array<std::string_view, 9> kFieldNames = {"user",  "song", "time",      "title", "artist",
                                                                "album", "tags", "played_ms", "songs"};
inline constexpr std::size_t kFieldCount = kFieldNames.size();

// For each field the index of its column among RowReader::columns(), or nothing.
using FieldColumns = std::array<std::optional<std::size_t>, kFieldCount>;

// The values of one field in a batch. The texts belong to the batch.
struct RowColumn {
  bool present = false;
  bool exact_time = false;                // texts are microseconds, whatever the time unit
  std::vector<std::string_view> texts;    // one a row, "" where null; or, of a list column, all items
  std::vector<std::uint32_t> list_begin;  // of a list column: row i has items list_begin[i] .. list_begin[i + 1]

  bool is_list() const { return !list_begin.empty(); }
};

struct RowBatch {
  std::size_t rows = 0;
  std::array<RowColumn, kFieldCount> columns;
  std::vector<std::uint64_t>
      lines;                    // where each row is: a line of a text file (the header is line 1), else a row from 1
  std::vector<Reject> rejects;  // rejected while reading
  std::shared_ptr<const void> owner;

  const RowColumn& operator[](Field field) const { return columns[static_cast<std::size_t>(field)]; }
  RowColumn& operator[](Field field) { return columns[static_cast<std::size_t>(field)]; }
};

class RowReader {
 public:
  virtual ~RowReader() = default;
  // All columns of the file, by name. JSON Lines: all keys of the first lines.
  virtual const std::vector<std::string>& columns() const = 0;
  // Which columns to read; called once, before next().
  virtual void choose(const FieldColumns& columns) = 0;
  // The next rows, at least one row or reject; nothing at the end. Throws bad_input for a file that is truncated or not
  // of the format its name says.
  virtual std::optional<RowBatch> next() = 0;
  // Bytes read so far of the file on disk.
  virtual std::uint64_t bytes_read() const = 0;
};

}  // namespace segue::data
