// The program below main(): takes one command line, returns its exit status.
#pragma once

#include <string>
#include <vector>

#include "app/cli/terminal.h"

namespace segue::cli {

// Runs the command line (without the program's name). Results go to `output`, everything else to standard error.
// Returns the exit status: 0 done, 1 failed, 2 wrong use, 130 stopped by the user.
int run_command_line(const std::vector<std::string>& words, const Output& output, const Signals& signals);

}  // namespace segue::cli
