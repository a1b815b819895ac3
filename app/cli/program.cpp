// Reads one command line, runs its command, turns errors into an exit status.

#include "app/cli/program.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <new>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/secrets.h"
#include "segue/base/version.h"
#include "segue/base/words.h"
#include "segue/math/kernel_list.h"

#include "app/cli/completion.h"
#include "app/cli/config.h"
#include "app/cli/reference.h"
#include "app/cli/wrap.h"

namespace segue::cli {
namespace {
constexpr int kWrongUse = 2;

// A command with everything that CLI11 and the config file need from it.
struct Registered {
  std::unique_ptr<Command> command;
  CLI::App* app = nullptr;
  std::unique_ptr<Arguments> arguments;
};

struct CommonOptions {
  TerminalOptions terminal;
  std::string config;
  std::string simd;
};

std::vector<std::string_view> names_of(const std::vector<Registered>& registered) {
  std::vector<std::string_view> names;
  for (const Registered& entry : registered) names.push_back(entry.command->name());
  return names;
}

std::vector<Registered> register_commands(CLI::App& app, CommonOptions& common) {
  std::vector<Registered> registered;
  for (std::unique_ptr<Command>& command : make_all_commands()) {
    CLI::App* sub = app.add_subcommand(std::string(command->name()), std::string(command->summary()));
    sub->footer(fmt::format("Example:\n{}", command->example()));
    sub->set_help_flag("-h,--help", "Show this help");
    sub->add_flag("--json", common.terminal.json, "Print one JSON document")->group("Common");
    sub->add_flag("--quiet", common.terminal.quiet, "Print only results and errors")->group("Common");
    sub->add_option("--config", common.config, "Read options from this TOML file")->type_name("FILE")->group("Common");
    sub->add_option("--simd", common.simd)->group("");  // hidden: for tests and benchmarks
    auto arguments = std::make_unique<Arguments>(*sub);
    command->declare(*arguments);
    registered.push_back({std::move(command), sub, std::move(arguments)});
  }
  return registered;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// Rejects an argument that CLI11 does not know, with the nearest known name.
[[noreturn]] void reject_extra(const CLI::App& app, const std::vector<Registered>& registered) {
  for (const Registered& entry : registered) {
    if (!entry.app->parsed()) continue;
    for (const std::string& extra : entry.app->remaining()) {
      const std::string typed = extra.substr(0, extra.find('='));
      const std::vector<std::string> names = option_names(*entry.app);
      const std::vector<std::string_view> known(names.begin(), names.end());
      fail(ErrorCode::wrong_use, "unknown {} {}{}", typed.starts_with('-') ? "option" : "argument", typed,
           did_you_mean(typed, known));
    }
  }
  const std::vector<std::string> remaining = app.remaining();
  const std::string typed = remaining.empty() ? "" : remaining.front();
  const std::vector<std::string_view> known = names_of(registered);
  fail(ErrorCode::wrong_use, "unknown {} {}{}", typed.starts_with('-') ? "option" : "command", typed,
       did_you_mean(typed, known));
}

// " train" if the command line has named a command.
std::string subject_of(const std::vector<Registered>& registered) {
  const auto chosen = std::ranges::find_if(registered, [](const Registered& entry) { return entry.app->parsed(); });
  return chosen == registered.end() ? "" : fmt::format(" {}", chosen->command->name());
}

int report(std::string_view subject, const Error& error) {
  std::fflush(stdout);  // results already printed come before the error
  const std::string message = printable(without_passwords(error.what()));
  std::fprintf(stderr, "segue%.*s: %s\n", static_cast<int>(subject.size()), subject.data(), message.c_str());
  return meaning_of(error.code()).exit_status;
}

int run(Registered& entry, std::span<const std::string_view> sections, const CommonOptions& common,
        const Output& output, const Signals& signals) {
  const std::string subject = fmt::format(" {}", entry.command->name());
  if (signals.hangups != nullptr) signals.hangups->decide(entry.command->on_hangup());
  try {
    if (!common.config.empty()) {
      apply_config(common.config, entry.command->name(), sections, entry.arguments->bound());
    }
    entry.arguments->apply_typed();
    if (!common.simd.empty()) math::force_target(common.simd);
    Terminal terminal(common.terminal, output, signals);
    entry.command->run(terminal);
    return 0;
  } catch (const Error& error) {
    return report(subject, error);
  } catch (const std::bad_alloc&) {
    return report(subject, Error(ErrorCode::no_space, "out of memory"));
  } catch (const std::filesystem::filesystem_error& error) {
    return report(subject, Error(ErrorCode::io_failed, error.what()));
  } catch (const std::system_error& error) {  // of std::thread
    return report(subject,
                  Error(ErrorCode::unavailable, fmt::format("cannot start a thread: {}", error.code().message())));
  }
}

// Printed by --help-markdown, stored as docs/options.md.
std::string whole_reference(const std::vector<Registered>& registered) {
  std::string text =
      "# Options\n\nGenerated by `segue --help-markdown`; a check compares the two.\n\n"
      "Every command also takes `--json` (one JSON document on standard output), `--quiet` (only results and errors),\n"
      "`--config FILE` (a TOML file with a section per command: `[train]`, `dim = 64`) and `--help`. The command line\n"
      "overrides the file, and the file overrides the default. In the file, option names have `_` for `-`.\n";
  for (const Registered& entry : registered) text += reference_of(*entry.command, entry.arguments->bound());
  return text;
}

int print_completion(std::string_view name, const std::vector<Registered>& registered, const Output& output) {
  const auto shell = std::ranges::find(kShellNames, name);
  if (shell == kShellNames.end()) {
    return report("", Error(ErrorCode::wrong_use,
                            fmt::format("--completion: expected {}, found \"{}\"{}", fmt::join(kShellNames, ", "), name,
                                        did_you_mean(name, kShellNames))));
  }
  std::vector<CompletedCommand> commands;
  for (const Registered& entry : registered) {
    commands.push_back(
        {entry.command->name(), entry.command->summary(), entry.arguments->actions(), entry.arguments->bound()});
  }
  output(completion_script(static_cast<Shell>(shell - kShellNames.begin()), commands));
  return 0;
}

}  // namespace

int run_command_line(const std::vector<std::string>& typed, const Output& output, const Signals& signals) {
  // Behind "--" every word is itself, also one that begins with '-' or names a command.
  std::vector<std::string> words(typed.begin(), std::ranges::find(typed, "--"));
  std::vector<std::string> literals;
  for (std::size_t i = words.size() + 1; i < typed.size(); ++i) {
    words.push_back(literal_mark(literals.size()));
    literals.push_back(typed[i]);
  }
  CLI::App app{"Song vectors and recommendations from listening queues", "segue"};
  app.set_version_flag("--version", fmt::format("segue {}", kVersion));
  app.set_help_flag("-h,--help", "Show this help");
  app.require_subcommand(0, 1);
  app.footer("`segue COMMAND --help` shows a command's options and an example.");
  CommonOptions common;
  bool markdown = false;
  app.add_flag("--help-markdown", markdown)->group("");  // for docs/options.md, so not in --help
  std::string completion;
  app.add_option("--completion", completion, "Print what completes commands and options: bash, zsh or fish")
      ->type_name("SHELL");
  std::vector<Registered> registered = register_commands(app, common);
  try {
    // CLI11 expects the words in reverse order.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    output(wrapped_help(app.help(), terminal_columns(STDOUT_FILENO)));
    return 0;
  } catch (const CLI::CallForVersion& version) {
    output(fmt::format("{}\n", version.what()));
    return 0;
  } catch (const CLI::ExtrasError&) {
    try {
      reject_extra(app, registered);
    } catch (const Error& error) {
      return report(subject_of(registered), error);
    }
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string_view complaint = error.what();  // "--dim: 1 required N missing"
    std::string option(complaint.substr(0, complaint.find(':')));
    if (option.empty()) option = "--simd";  // CLI11 does not name a hidden option
    if (option.size() == std::string_view("--k").size()) option.erase(0, 1);
    return report(subject_of(registered), Error(ErrorCode::wrong_use, option + ": expected a value, found none"));
  } catch (const CLI::ParseError& error) {
    return report(subject_of(registered), Error(ErrorCode::wrong_use, error.what()));
  }
  if (markdown) {
    output(whole_reference(registered));
    return 0;
  }
  if (!completion.empty()) return print_completion(completion, registered, output);
  const auto chosen = std::ranges::find_if(registered, [](const Registered& entry) { return entry.app->parsed(); });
  if (chosen == registered.end()) {
    std::fputs(wrapped_help(app.help(), terminal_columns(STDERR_FILENO)).c_str(), stderr);
    return kWrongUse;
  }
  chosen->arguments->restore_literals(literals);
  return run(*chosen, names_of(registered), common, output, signals);
}

}  // namespace segue::cli
