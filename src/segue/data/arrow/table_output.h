// Tables for other programs: Parquet, Arrow IPC, CSV or JSON Lines, as the ending of a file's name says.
//
// The same batches give the same bytes. Tables that Segue maps itself are written by arrow/table_file.h.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include <arrow/type_fwd.h>

namespace segue::data {

enum class TableFormat { parquet, arrow, csv, jsonl };
inline constexpr std::array<std::string_view, 4> kTableFormatNames = {"parquet", "arrow", "csv", "jsonl"};
constexpr std::span<const std::string_view> names(TableFormat) {
  return kTableFormatNames;
}

// The format of "recs.parquet". Throws wrong_use, with `option` and the endings there are, for any other ending.
TableFormat table_format_of(const std::filesystem::path& file, std::string_view option);

// Not thread safe. Methods throw no_space and io_failed, with the path.
class TableOutput {
 public:
  virtual ~TableOutput() = default;
  virtual void write(const arrow::RecordBatch& batch) = 0;
  virtual void close() = 0;
};

// Columns may be texts, numbers, times and, except in CSV, lists of numbers; nulls in Parquet and Arrow IPC only. The
// file is made or emptied.
std::unique_ptr<TableOutput> open_table_output(const std::filesystem::path& path,
                                               const std::shared_ptr<arrow::Schema>& schema, TableFormat format);

// Writes the rows that the builders of all columns hold, if there are any; the builders are empty then.
void write_built(TableOutput& table, const std::shared_ptr<arrow::Schema>& schema,
                 std::span<arrow::ArrayBuilder* const> columns, std::string_view subject);

}  // namespace segue::data
