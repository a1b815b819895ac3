#include "app/cli/steps.h"

#include <fmt/format.h>

#include "segue/base/error.h"

#include "app/cli/program.h"

namespace segue::cli {

namespace {

void run_step(Terminal& terminal, const std::string& line, const std::vector<std::string>& words,
              const Output& output) {
  const int status = run_command_line(words, output, terminal.signals());
  if (terminal.stop().stop_requested()) fail(ErrorCode::interrupted, "stopped");
  if (status != 0) fail(ErrorCode::io_failed, "this step ended with exit status {}: {}", status, line);
}

}  // namespace

std::string as_typed(const std::vector<std::string>& words) {
  std::string line = "segue";
  for (const std::string& word : words) {
    const bool plain = word.find_first_of(" '\"$&") == std::string::npos;
    line += plain ? fmt::format(" {}", word) : fmt::format(" \"{}\"", word);
  }
  return line;
}

void show_step(Terminal& terminal, std::vector<std::string> words) {
  const std::string line = as_typed(words);
  if (terminal.quiet()) words.emplace_back("--quiet");
  terminal.report(fmt::format("$ {}\n", line));
  run_step(terminal, line, words, [&](std::string_view text) { terminal.report(text); });
  terminal.report("\n");
}

json::value result_of_step(Terminal& terminal, std::vector<std::string> words) {
  const std::string line = as_typed(words);
  if (terminal.quiet()) words.emplace_back("--quiet");
  words.emplace_back("--json");
  std::string gathered;
  run_step(terminal, line, words, [&](std::string_view text) { gathered += text; });
  return parse_json(gathered, line);
}

}  // namespace segue::cli
