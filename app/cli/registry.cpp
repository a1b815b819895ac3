#include "app/cli/command.h"
#include "app/cli/commands.h"

namespace segue::cli {

namespace {

std::vector<std::unique_ptr<Command>> make_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(make_similar_command());
  commands.push_back(make_recommend_command());
  commands.push_back(make_export_command());
  commands.push_back(make_info_command());
  return commands;
}

}  // namespace

std::span<const std::unique_ptr<Command>> all_commands() {
  static const std::vector<std::unique_ptr<Command>> commands = make_commands();
  return commands;
}

}  // namespace segue::cli
