// Reads a log file to its end, with every column in use. Whatever the bytes, only segue::Error may be thrown.
#pragma once

#include <cstdlib>

#include "segue/base/error.h"
#include "segue/data/dataset/row_checks.h"
#include "segue/data/log/input.h"

#include "tests/fuzz/memory_file.h"

namespace segue {

inline void read_all_rows(const std::uint8_t* data, std::size_t size, data::FileFormat format,
                          data::FileCompression compression, const std::vector<std::string>& header) {
  const MemoryFile file(data, size);
  try {
    const auto reader = data::open_rows({file.path(), size, format, compression}, header);
    data::FieldColumns columns;
    for (std::size_t i = 0; i < data::kFieldCount && i < reader->columns().size(); ++i) columns[i] = i;
    reader->choose(columns);
    [[maybe_unused]] std::size_t rejected = 0;  // uses the results of the calls below
    while (const auto batch = reader->next()) {
      if (batch->lines.size() != batch->rows) std::abort();
      data::Row row(*batch);
      for (std::size_t i = 0; i < batch->rows; ++i) {
        row.move_to(i);
        rejected += row.fault() ? 1 : 0;
        rejected += row.sample().size();
      }
    }
  } catch (const Error&) {
  }
}

}  // namespace segue
