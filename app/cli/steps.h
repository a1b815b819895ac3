// Commands that run others, as a user would type them.
#pragma once

#include <string>
#include <vector>

#include "segue/base/json.h"

#include "app/cli/terminal.h"

namespace segue::cli {

// "segue recommend model \"Burial Archangel\""
std::string as_typed(const std::vector<std::string>& words);

// Both run one command line (without the program's name) and throw interrupted, or io_failed with the line if it did
// not succeed. Its messages go to standard error as ever.

// Prints the line and what it prints.
void show_step(Terminal& terminal, std::vector<std::string> words);
// Prints nothing, and returns the document that it prints with --json.
json::value result_of_step(Terminal& terminal, std::vector<std::string> words);

}  // namespace segue::cli
