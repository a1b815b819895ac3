// The formats of logs: rows out of bytes. By content; the names of files decide nothing.
//
//   text      values between tabs, commas, semicolons or bars      delimited_rows.h
//   json      lines of objects, or a document with an array of them json_rows.h
//   parquet   Apache Parquet                                        arrow_rows.h
//   arrow     Arrow IPC files (Feather)                             arrow_rows.h
//   m3u8 xspf playlists of players                                  playlist_rows.h
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/log/input/inputs.h"
#include "segue/data/log/rows.h"

namespace segue::data {

enum class FileFormat { text, json, parquet, arrow, m3u8, xspf };

// The format that begins with these bytes. Throws bad_input for what is known to be something else, naming it:
// "history.sqlite: expected a log, found a SQLite database; export the table of listens as CSV".
FileFormat format_of(std::string_view first_bytes, const std::string& name);

struct OpenedRows {
  FileFormat format = FileFormat::text;
  std::unique_ptr<RowReader> rows;
  std::string note;  // what is unusual about the file: "read as UTF-16"
};

// `header` names the columns of a text that does not begin with their names; empty if it does. The input must outlive
// the rows. Throws bad_input, io_failed.
OpenedRows open_rows(Input& input, const std::vector<std::string>& header);

}  // namespace segue::data
