// Tables in the Arrow IPC file format, uncompressed, so that files can be mapped as they are.
//
// A table is written in batches, because the offsets of texts and lists are 32 bits wide within a batch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "segue/base/file.h"

namespace segue::data {

// The batches point into the file, which stays mapped as long as one of them lives.
struct MappedTable {
  std::shared_ptr<arrow::MemoryPool> pool;  // outlives the batches
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
};

// Where the offsets of texts and lists lie: in the map, or in memory of their own. They were checked once, so in a
// server they must not change with the file (base/lost_pages.h): whatever the file becomes, no access leaves the map
// then.
enum class Offsets { mapped, copied };

// Maps the file and checks all of it: its structure, that its columns have the names and types of `wanted`, offsets,
// UTF-8; after this no access can leave the file. Nulls are allowed.
// Throws corrupt, and no_space if there is no memory for the offsets.
MappedTable map_table(const MappedFile& file, const arrow::Schema& wanted, Offsets offsets = Offsets::mapped);

// Whether the file is a table with the columns of `wanted`. Throws corrupt if it is no table.
bool has_columns(const MappedFile& file, const arrow::Schema& wanted);

// Throws corrupt if `column` or, for a list, one of its items is null.
void refuse_nulls(const std::filesystem::path& path, const std::string& name, const arrow::Array& column);

// Writes the table batch by batch. Not thread safe. Errors are those of FileWriter: no_space, io_failed.
class TableWriter {
 public:
  TableWriter(const std::filesystem::path& path, const std::shared_ptr<arrow::Schema>& schema);
  ~TableWriter();
  void write(const arrow::RecordBatch& batch);
  // What the builders hold, a column each, as a batch of `rows`; they are empty afterwards.
  void write(std::int64_t rows, std::initializer_list<arrow::ArrayBuilder*> columns);
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::data
