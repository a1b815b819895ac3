#include "segue/base/error.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace segue {

namespace {
constexpr std::array kMeanings = {
    ErrorMeaning{ErrorCode::wrong_use, "wrong_use", 2, 400},
    ErrorMeaning{ErrorCode::not_found, "not_found", 1, 404},
    ErrorMeaning{ErrorCode::bad_input, "bad_input", 1, 422},
    ErrorMeaning{ErrorCode::corrupt, "corrupt", 1, 500},
    ErrorMeaning{ErrorCode::unsupported, "unsupported", 1, 500},
    ErrorMeaning{ErrorCode::no_space, "no_space", 1, 507},
    ErrorMeaning{ErrorCode::io_failed, "io_failed", 1, 500},
    ErrorMeaning{ErrorCode::interrupted, "interrupted", 130, 503},
    ErrorMeaning{ErrorCode::unavailable, "unavailable", 1, 503},
    ErrorMeaning{ErrorCode::unauthorised, "unauthorised", 1, 401},
    ErrorMeaning{ErrorCode::forbidden, "forbidden", 1, 403},
    ErrorMeaning{ErrorCode::too_large, "too_large", 1, 413},
    ErrorMeaning{ErrorCode::too_many, "too_many", 1, 429},
    ErrorMeaning{ErrorCode::exhausted, "exhausted", 1, 503},
};
}  // namespace

const ErrorMeaning& meaning_of(ErrorCode code) {
  const auto& meaning = kMeanings.at(static_cast<std::size_t>(code));
  SEGUE_ASSERT(meaning.code == code);
  return meaning;
}

ErrorCode code_of_errno(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::not_found;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return ErrorCode::no_space;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
    case EAGAIN:  // a thread that could not be created
      return ErrorCode::exhausted;
    default:
      return ErrorCode::io_failed;
  }
}

void fail_errno(std::string_view subject, int error_number) {
  fail(code_of_errno(error_number), "{}: {}", subject, std::strerror(error_number));
}

namespace detail {
void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "segue: internal error: assertion %s failed at %s:%d\n", condition, file, line);
  std::abort();
}
}  // namespace detail

}  // namespace segue
