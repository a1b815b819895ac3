// Between Arrow's writers and FileWriter: what Arrow writes goes through FileWriter, so that a full disk is the same
// segue::Error everywhere; and Arrow's refusals become one.
#pragma once

#include <exception>
#include <memory>
#include <string_view>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>
#include <arrow/status.h>

#include "segue/base/file.h"

namespace segue {

// Does not own the writer. An Error of the writer is kept while Arrow unwinds, and thrown by check().
class ArrowSink final : public arrow::io::OutputStream {
 public:
  explicit ArrowSink(FileWriter& file) : file_(file) {}

  using arrow::io::Writable::Write;
  arrow::Status Write(const void* data, std::int64_t bytes) override;
  arrow::Result<std::int64_t> Tell() const override { return written_; }
  arrow::Status Close() override;
  bool closed() const override { return closed_; }

  // Throws for a failed status: the kept error, or one that says what Arrow says about `subject`.
  void check(const arrow::Status& status, std::string_view subject) const;
  template <class T>
  T take(arrow::Result<T> result, std::string_view subject) const {
    check(result.status(), subject);
    return std::move(result).ValueUnsafe();
  }

 private:
  FileWriter& file_;
  std::int64_t written_ = 0;
  bool closed_ = false;
  std::exception_ptr error_;
};

}  // namespace segue
