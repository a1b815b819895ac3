// Options from a TOML file: a section per command, a key per option.
//
//   [train]
//   dim = 64
//   negative_exponent = -0.5
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "app/cli/arguments.h"

namespace segue::cli {

// Sets the options of `section` that the file names. Unknown sections (not in `known_sections`), unknown keys and
// values of the wrong type are errors with the file and the line. Throws not_found, bad_input, wrong_use.
void apply_config(const std::filesystem::path& file, std::string_view section,
                  std::span<const std::string_view> known_sections, std::deque<BoundOption>& options);

}  // namespace segue::cli
