// docs/options.md: every command with its options, from the same tables that parse them.
#pragma once

#include <deque>
#include <string>

#include "app/cli/command.h"

namespace segue::cli {

// The section for one command. `options` are those bound by its declare(), still at their defaults.
std::string reference_of(const Command& command, const std::deque<BoundOption>& options);

}  // namespace segue::cli
