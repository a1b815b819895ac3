// This program as a process of its own, so that its memory is given back and its end is not ours.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace segue::cli {

struct ChildResult {
  int exit_status = 0;  // 128 + signal if it was ended by one
  std::string output;   // at most kMostChildOutput bytes of each
  std::string errors;
};

inline constexpr std::size_t kMostChildOutput = std::size_t{1} << 20;

// Runs `segue WORDS...` to its end; with a request to stop, it gets SIGTERM. It inherits neither files nor blocked
// signals. Throws exhausted, io_failed if it cannot be started.
ChildResult run_child(const std::vector<std::string>& words, const std::stop_token& stop);

}  // namespace segue::cli
