// Arrow's statuses as Segue's errors. For .cpp files that use Arrow.
#pragma once

#include <string_view>
#include <utility>

#include <arrow/result.h>
#include <arrow/status.h>

#include "segue/base/error.h"

namespace segue::data {

// throw Error "subject: what Arrow said", with `code`; a full memory or disk and a failed system call keep their own
// code.
[[noreturn]] void fail_arrow(ErrorCode code, std::string_view subject, const arrow::Status& status);

inline void check_arrow(ErrorCode code, std::string_view subject, const arrow::Status& status) {
  if (!status.ok()) fail_arrow(code, subject, status);
}

template <class Value>
Value arrow_value(ErrorCode code, std::string_view subject, arrow::Result<Value> result) {
  if (!result.ok()) fail_arrow(code, subject, result.status());
  return std::move(result).ValueUnsafe();
}

}  // namespace segue::data
