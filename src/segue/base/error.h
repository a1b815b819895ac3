// How Segue reports that something could not be done.
//
// An operation that cannot do what its name says throws segue::Error. An ordinary outcome (a rejected row, a missing
// song) is a value. A message is one sentence with the subject, the value found and the value expected:
//   vectors.npy: expected 51200000 bytes, found 51199744
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/core.h>

namespace segue {

enum class ErrorCode {
  wrong_use,     // an option, argument or request that can never work
  not_found,     // a file, song or user that does not exist
  bad_input,     // input data that cannot be read as what it should be
  corrupt,       // a dataset or model that contradicts itself
  unsupported,   // a format version newer than this program
  no_space,      // the disk or the memory is full
  io_failed,     // any other error of the operating system
  interrupted,   // stopped before it was done
  unavailable,   // a dependency (a database) is unavailable; the same call may succeed later
  unauthorised,  // a request without a valid token
  forbidden,     // a token without the permission for this
  too_large,     // more than the limit in one request
  too_many,      // more requests than the limit in one window
  exhausted,     // the machine has run out of file descriptors, threads or memory; the same call may succeed later
};

// What one code means to the outside world; the only such table.
struct ErrorMeaning {
  ErrorCode code;
  std::string_view name;  // JSON and Python
  int exit_status;        // 1: failed, 2: wrong use, 130: stopped by the user
  int http_status;
};
const ErrorMeaning& meaning_of(ErrorCode code);

class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

// throw Error with a formatted message: fail(ErrorCode::corrupt, "{}: expected {} bytes, found {}", name, want, size)
template <class... Args>
[[noreturn]] void fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

// The code that fits an errno: ENOENT -> not_found, ENOSPC and EDQUOT -> no_space, EMFILE and ENOMEM -> exhausted.
ErrorCode code_of_errno(int error_number);

// throw Error for a failed system call: "subject: reason", with errno's text and code_of_errno().
[[noreturn]] void fail_errno(std::string_view subject, int error_number);

namespace detail {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}

}  // namespace segue

// Checks for a bug of our own that no input can trigger. Always on: the cost is a branch.
#define SEGUE_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::segue::detail::assertion_failed(#condition, __FILE__, __LINE__))
