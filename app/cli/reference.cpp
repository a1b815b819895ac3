#include "app/cli/reference.h"

#include <fmt/format.h>

namespace segue::cli {

namespace {

std::string cell(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '|') escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

std::string default_of(const BoundOption& option) {
  if (option.required) return "required";
  const std::string text = option.row->kind == OptionKind::texts ? "" : option.row->text(option.options);
  return text.empty() ? "" : fmt::format("`{}`", text);
}

}  // namespace

std::string reference_of(const Command& command, const std::deque<BoundOption>& options) {
  std::string text =
      fmt::format("\n## segue {}\n\n{}.\n\n```sh\n{}\n```\n\n", command.name(), command.summary(), command.example());
  if (options.empty()) return text;
  text += "| option | takes | default | |\n|---|---|---|---|\n";
  for (const BoundOption& option : options) {
    text += fmt::format("| `{}` | {} | {} | {} |\n", option.row->flag(), cell(option.row->wanted()), default_of(option),
                        cell(option.row->help));
  }
  return text;
}

}  // namespace segue::cli
