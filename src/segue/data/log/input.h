// Files of logs: finds them, detects their formats and opens readers.
//
//   format        by extension                         else by the first bytes
//   CSV           .csv                                 anything else
//   TSV           .tsv .tab                            a tab in the first line
//   JSON Lines    .jsonl .ndjson .json                 {
//   Parquet       .parquet .pq                         PAR1
// each but Parquet plain, gzip (.gz) or zstd (.zst); without these extensions the first bytes decide.
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

// The named files and those in the named folders, sorted by name, without hidden ones; each is opened to detect its
// format. Throws not_found, and bad_input for an empty file or a folder without files.
std::vector<InputFile> find_inputs(std::span<const std::string> paths);

// Opens one file. `header` names the columns of a CSV or TSV file without a header line; empty if it has one.
// Throws bad_input, io_failed, unavailable if the system refuses the threads that readers need.
std::unique_ptr<RowReader> open_rows(const InputFile& file, const std::vector<std::string>& header);

// The same for each format.
std::unique_ptr<RowReader> open_text_rows(const InputFile& file, const std::vector<std::string>& header);
std::unique_ptr<RowReader> open_json_rows(const InputFile& file);
std::unique_ptr<RowReader> open_parquet_rows(const InputFile& file);

}  // namespace segue::data
