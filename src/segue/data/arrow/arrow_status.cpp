#include "segue/data/arrow/arrow_status.h"

#include <algorithm>
#include <string>

#include <arrow/util/io_util.h>

namespace segue::data {

namespace {

// Arrow's most frequent messages, in words for the owner of the file.
std::string reason_of(const arrow::Status& status) {
  std::string said = status.message();
  std::ranges::replace(said, '\n', ' ');
  const auto says = [&](std::string_view words) { return said.find(words) != std::string::npos; };
  if (says("Truncated compressed stream")) return "expected compressed data to its end, found it cut short";
  if (says("zlib inflate failed")) return fmt::format("expected sound gzip data, found other bytes ({})", said);
  if (says("ZSTD decompress failed")) return fmt::format("expected sound zstd data, found other bytes ({})", said);
  if (says("Empty CSV file")) return "expected rows, found an empty file";
  if (says("Parquet magic bytes not found")) return "expected a Parquet file, found other bytes at its end";
  if (says("smaller than the minimum file footer")) return "expected a Parquet file, found a few bytes";
  return said;
}

}  // namespace

void fail_arrow(ErrorCode code, std::string_view subject, const arrow::Status& status) {
  const int error_number = arrow::internal::ErrnoFromStatus(status);
  if (error_number != 0) fail_errno(subject, error_number);
  if (status.IsOutOfMemory() && code != ErrorCode::corrupt) fail(ErrorCode::no_space, "{}: out of memory", subject);
  fail(code, "{}: {}", subject, reason_of(status));
}

}  // namespace segue::data
