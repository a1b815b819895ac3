#include "app/cli/command.h"
#include "app/cli/commands.h"

namespace segue::cli {

namespace {

std::vector<std::unique_ptr<Command>> make_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(make_ingest_command());
  return commands;
}

}  // namespace

std::span<const std::unique_ptr<Command>> all_commands() {
  static const std::vector<std::unique_ptr<Command>> commands = make_commands();
  return commands;
}

}  // namespace segue::cli
