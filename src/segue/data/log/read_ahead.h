// Reads a log on its own thread, a few batches ahead of the caller.
#pragma once

#include <memory>
#include <optional>

#include "segue/data/log/log_reader.h"

namespace segue::data {

class ReadAhead {
 public:
  explicit ReadAhead(LogReader& reader);
  ~ReadAhead();  // waits for the current read
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // As LogReader::next(); exceptions of the reader are thrown here, after the batches before them.
  std::optional<LogBatch> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::data
