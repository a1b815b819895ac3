#include "segue/data/arrow_status.h"

#include <algorithm>
#include <string>

#include <arrow/util/io_util.h>

namespace segue {

void fail_arrow(ErrorCode code, std::string_view subject, const arrow::Status& status) {
  const int error_number = arrow::internal::ErrnoFromStatus(status);
  if (error_number != 0) fail_errno(subject, error_number);
  if (status.IsOutOfMemory() && code != ErrorCode::corrupt) fail(ErrorCode::no_space, "{}: out of memory", subject);
  std::string reason = status.message();
  std::ranges::replace(reason, '\n', ' ');
  fail(code, "{}: {}", subject, reason);
}

}  // namespace segue
