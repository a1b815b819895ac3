#include "segue/model/arrow_sink.h"

#include <cstddef>
#include <span>

#include "segue/base/error.h"

namespace segue {

arrow::Status ArrowSink::Write(const void* data, std::int64_t bytes) {
  try {
    file_.write(std::span(static_cast<const std::byte*>(data), static_cast<std::size_t>(bytes)));
  } catch (...) {
    error_ = std::current_exception();
    return arrow::Status::IOError("write failed");
  }
  written_ += bytes;
  return arrow::Status::OK();
}

arrow::Status ArrowSink::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

void ArrowSink::check(const arrow::Status& status, std::string_view subject) const {
  if (status.ok()) return;
  if (error_) std::rethrow_exception(error_);
  fail(status.IsOutOfMemory() ? ErrorCode::no_space : ErrorCode::io_failed, "{}: {}", subject, status.message());
}

}  // namespace segue
