// Reads a file on a thread of its own, a few batches ahead of whoever uses them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "segue/data/log/rows.h"

namespace segue::data {

struct ReadBatch {
  RowBatch rows;
  std::uint64_t bytes_read = 0;  // RowReader::bytes_read() behind it
};

class ReadAhead {
 public:
  explicit ReadAhead(RowReader& reader);
  ~ReadAhead();  // waits for the read under way
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // As RowReader::next(); what the reader threw is thrown here, in its turn.
  std::optional<ReadBatch> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::data
