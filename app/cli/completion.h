// Completion scripts for shells, made from the tables of options: `segue --completion bash`.
#pragma once

#include <array>
#include <deque>
#include <span>
#include <string>
#include <string_view>

#include "app/cli/arguments.h"

namespace segue::cli {

enum class Shell { bash, zsh, fish };
inline constexpr std::array<std::string_view, 3> kShellNames = {"bash", "zsh", "fish"};

struct CompletedCommand {
  std::string_view name;
  std::string_view summary;
  std::span<const std::string_view> actions;  // what its first argument may be; empty: a file
  const std::deque<BoundOption>& options;
};

// A script for this shell, which completes names of commands, of options and of the values that are choices, and files
// elsewhere. It asks the program nothing while somebody types.
std::string completion_script(Shell shell, std::span<const CompletedCommand> commands);

}  // namespace segue::cli
