// The command line of the benchmark programs: NAME=VALUE..., with the names of the options' tables.
#pragma once

#include <cstddef>
#include <cstdio>
#include <span>
#include <string_view>

#include "segue/base/error.h"
#include "segue/base/options.h"
#include "segue/math/kernel_list.h"

namespace segue {

template <class Options>
bool set_option(Options& options, std::string_view name, std::string_view value) {
  for (const OptionRow& row : rows_of<Options>()) {
    if (row.name != name) continue;
    row.set(&options, row, value);
    return true;
  }
  return false;
}

// Each argument goes to the first of `options` that has a row of its name; simd=NAME forces a SIMD target. Throws
// wrong_use for any other name.
template <class... Options>
void set_options(std::span<char*> arguments, Options&... options) {
  for (const std::string_view argument : arguments) {
    const std::size_t equal = argument.find('=');
    const std::string_view name = argument.substr(0, equal);
    const std::string_view value = equal == std::string_view::npos ? "" : argument.substr(equal + 1);
    if (name == "simd") {
      math::force_target(value);
    } else if (!(set_option(options, name, value) || ...)) {
      fail(ErrorCode::wrong_use, "unknown option {}", name);
    }
  }
}

// The body of main: runs the benchmark and prints an error instead of ending in an exception.
inline int run_benchmark(int argc, char** argv, void (*run)(std::span<char*> arguments)) {
  const std::span words(argv, static_cast<std::size_t>(argc));
  try {
    run(words.subspan(1));
    return 0;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s: %s\n", words[0], error.what());
    return meaning_of(error.code()).exit_status;
  }
}

}  // namespace segue
