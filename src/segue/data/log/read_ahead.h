// Reads a file on its own thread, a few batches ahead of the caller.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "segue/data/log/rows.h"

namespace segue::data {

struct ReadBatch {
  RowBatch rows;
  std::uint64_t bytes_read = 0;  // RowReader::bytes_read() after it
};

class ReadAhead {
 public:
  explicit ReadAhead(RowReader& reader);
  ~ReadAhead();  // waits for the current read
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // As RowReader::next(); exceptions of the reader are thrown here, after the batches before them.
  std::optional<ReadBatch> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::data
