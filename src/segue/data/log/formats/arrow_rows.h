// Parquet and Arrow IPC files, and batches in memory, as rows: only the chosen columns, some thousand rows at a time.
#pragma once

#include <memory>
#include <string>

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>

#include "segue/data/log/rows.h"

namespace segue::data {

// A member of a struct has a dotted name, as has a member of the structs in a list. Throws bad_input.
std::unique_ptr<RowReader> open_parquet_rows(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                                             const std::string& name);
std::unique_ptr<RowReader> open_arrow_rows(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                                           const std::string& name);
// A table of another library in this process. Its values are read where they are and trusted to be what Arrow says.
std::unique_ptr<RowReader> open_batch_rows(std::shared_ptr<arrow::RecordBatchReader> batches, const std::string& name);

}  // namespace segue::data
