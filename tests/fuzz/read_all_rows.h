// Reads a log to its end as ingest does, from its format on. Whatever the bytes, only segue::Error may be thrown.
#pragma once

#include <cstdlib>
#include <string>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "segue/base/error.h"
#include "segue/data/log/columns.h"
#include "segue/data/log/formats/delimited_rows.h"
#include "segue/data/log/formats/formats.h"
#include "segue/data/log/formats/json_rows.h"
#include "segue/data/log/log_reader.h"
#include "segue/data/log/sources/source.h"

#include "tests/support/memory_stream.h"

namespace segue {

// Some meaning for the columns of any file.
inline data::RecognisedColumns any_columns(std::size_t columns) {
  data::RecognisedColumns found;
  found.role = columns % 3 == 0 ? data::Role::playlists : columns % 3 == 1 ? data::Role::songs : data::Role::listens;
  for (std::size_t i = 0; i < data::kFieldCount && i < columns; ++i) found.columns[i] = i;
  return found;
}

// All rows of these columns.
inline void read_all_rows(data::OpenedRows opened, const data::RecognisedColumns& found, const data::Source* source) {
  data::LogRules rules;
  rules.latest = 4'102'444'800'000'000;
  data::LogReader reader(std::move(opened), found, source, rules, {});
  while (const auto batch = reader.next()) {
    const std::size_t read =
        batch->listens.size() + batch->playlists.size() + batch->songs.size() + batch->rejects.size();
    if (read != batch->rows) std::abort();
  }
}

inline void read_all_rows(data::OpenedRows opened) {
  const data::RecognisedColumns found = any_columns(opened.rows->columns().size());
  read_all_rows(std::move(opened), found, nullptr);
}

// The columns that ingest would read, or some of a file that it would refuse.
inline data::RecognisedColumns columns_of(const data::OpenedRows& opened, const data::Source* source) {
  data::ColumnRequest request;
  request.file = "log";
  request.source = source;
  request.has_user = true;
  try {
    return data::recognise_input(opened.rows->columns(), request);
  } catch (const Error&) {
    return any_columns(opened.rows->columns().size());
  }
}

// From its bytes on: the format and the source are recognised.
inline void read_any_log(const std::uint8_t* bytes, std::size_t size, const std::vector<std::string>& header) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  data::PeekableStream stream(std::make_unique<testing::MemoryStream>(text));
  data::Input input{
      "log", stream, std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(text)), {}, true};
  try {
    data::OpenedRows opened = data::open_rows(input, header);
    const data::Source* source = data::settle_source(opened, {.file = "log", .has_header = !header.empty()});
    const data::RecognisedColumns found = columns_of(opened, source);
    read_all_rows(std::move(opened), found, source);
  } catch (const Error&) {
  }
}

}  // namespace segue
