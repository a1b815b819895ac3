// Files of logs: which there are, what is in them, and a reader for each.
//
//   format        by extension                         else by the first bytes
//   CSV           .csv                                 anything else
//   TSV           .tsv .tab                            a tab in the first line
//   JSON Lines    .jsonl .ndjson .json                 {
//   Parquet       .parquet .pq                         PAR1
// each but Parquet plain, gzip (.gz) or zstd (.zst); a file without these extensions is told by its first bytes.
//
// TSV is read without quoting: a quote in a title is a quote. CSV follows RFC 4180.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "segue/data/log/rows.h"

namespace segue::data {

enum class FileFormat { csv, tsv, json_lines, parquet };
enum class FileCompression { none, gzip, zstd };

struct InputFile {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  FileFormat format = FileFormat::csv;
  FileCompression compression = FileCompression::none;
};

// The files named, and those in the folders named, sorted by name (hidden ones left out), each looked into to tell its
// format. Throws not_found, and bad_input for an empty file or a folder without files.
std::vector<InputFile> find_inputs(std::span<const std::string> paths);

// Opens one file. `header` names the columns of a CSV or TSV file that has no line of names itself; empty: it has one.
// Throws bad_input, io_failed.
std::unique_ptr<RowReader> open_rows(const InputFile& file, const std::vector<std::string>& header);

// The same for one format each.
std::unique_ptr<RowReader> open_text_rows(const InputFile& file, const std::vector<std::string>& header);
std::unique_ptr<RowReader> open_json_rows(const InputFile& file);
std::unique_ptr<RowReader> open_parquet_rows(const InputFile& file);

}  // namespace segue::data
