#include "app/cli/completion.h"

#include <vector>

#include <fmt/format.h>

namespace segue::cli {

namespace {

// An option as people type it, also those that every command has.
struct TypedOption {
  std::string letter;  // "o" for -o, "" for none
  std::string name;    // "output"
  std::string_view help;
  OptionKind kind = OptionKind::flag;
  std::span<const std::string_view> choices{};
};

std::vector<TypedOption> options_of(const CompletedCommand& command) {
  std::vector<TypedOption> options;
  for (const BoundOption& bound : command.options) {
    const OptionRow& row = *bound.row;
    const bool is_letter = row.name.size() == 1;
    std::string letter = is_letter ? std::string(row.name) : row.name == "output" ? "o" : "";
    std::string name = is_letter ? std::string(row.name) : row.flag().substr(2);
    options.push_back({std::move(letter), std::move(name), row.help, row.kind, row.choices});
  }
  options.push_back({"", "json", "Print one JSON document"});
  options.push_back({"", "quiet", "Print only results and errors"});
  options.push_back({"", "config", "Read options from this TOML file", OptionKind::text});
  options.push_back({"h", "help", "Show this help"});
  return options;
}

// For a text in '...' of a shell.
std::string in_quotes(std::string_view text, std::string_view escaped_too = "") {
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      quoted += "'\\''";
      continue;
    }
    if (escaped_too.find(letter) != std::string_view::npos) quoted += '\\';
    quoted += letter;
  }
  return quoted + "'";
}

std::string bash_script(std::span<const CompletedCommand> commands) {
  std::string names;
  std::string words;
  std::string values;
  for (const CompletedCommand& command : commands) {
    names += fmt::format(" {}", command.name);
    words += fmt::format("    {}) options='", command.name);
    for (const TypedOption& option : options_of(command)) {
      words += fmt::format("--{} ", option.name);
      if (option.choices.empty()) continue;
      values += fmt::format("    {}:--{}) values='{}' ;;\n", command.name, option.name, fmt::join(option.choices, " "));
    }
    words += fmt::format("' actions='{}' ;;\n", fmt::join(command.actions, " "));
  }
  return fmt::format(R"sh(# Completion of segue for bash, made by `segue --completion bash`.
_segue() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  local command='' options='' actions='' values='' index=1
  # bash takes the "=" of --option=value for a word.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  while ((index < COMP_CWORD)); do
    if [[ ${{COMP_WORDS[index]}} != -* ]]; then
      command=${{COMP_WORDS[index]}}
      break
    fi
    ((index++))
  done
  COMPREPLY=()
  if [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- "$current")
    return
  fi
  case $command:$previous in
{}  esac
  if [[ -n $values ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
    return
  fi
  case $command in
{}  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [[ -n $actions ]] && ((COMP_CWORD == index + 1)); then
    mapfile -t COMPREPLY < <(compgen -W "$actions" -- "$current")
  fi # otherwise files, by -o default
}}
complete -o default -F _segue segue
)sh",
                     names.substr(1), values, words);
}

// "[help]:what: how to complete it" of _arguments; its own signs are escaped.
std::string zsh_option(const TypedOption& option) {
  std::string value;
  if (!option.choices.empty()) {
    value = fmt::format(":value:({})", fmt::join(option.choices, " "));
  } else if (option.kind == OptionKind::text || option.kind == OptionKind::texts) {
    value = ":value:_files";
  } else if (option.kind != OptionKind::flag) {
    value = ":value: ";
  }
  const std::string help = in_quotes(option.help, "[]:\\");
  const std::string text = help.substr(1, help.size() - 2);
  const std::string_view repeats = option.kind == OptionKind::texts ? "*" : "";
  std::string spec =
      fmt::format(" \\\n        '{}--{}{}[{}]{}'", repeats, option.name, value.empty() ? "" : "=", text, value);
  if (!option.letter.empty()) {
    spec += fmt::format(" \\\n        '{}-{}{}[{}]{}'", repeats, option.letter, value.empty() ? "" : "+", text, value);
  }
  return spec;
}

std::string zsh_script(std::span<const CompletedCommand> commands) {
  std::string names;
  std::string cases;
  for (const CompletedCommand& command : commands) {
    names += fmt::format("    {}\n", in_quotes(fmt::format("{}:{}", command.name, command.summary)));
    cases += fmt::format("    {})\n      _arguments", command.name);
    for (const TypedOption& option : options_of(command)) cases += zsh_option(option);
    if (!command.actions.empty()) cases += fmt::format(" \\\n        '1:action:({})'", fmt::join(command.actions, " "));
    cases += " \\\n        '*:file:_files' ;;\n";
  }
  return fmt::format(R"sh(#compdef segue
# Completion of segue for zsh, made by `segue --completion zsh`.
_segue() {{
  local -a commands=(
{}  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
{}  esac
}}
_segue "$@"
)sh",
                     names, cases);
}

std::string fish_script(std::span<const CompletedCommand> commands) {
  std::string text = "# Completion of segue for fish, made by `segue --completion fish`.\n";
  for (const CompletedCommand& command : commands) {
    text += fmt::format("complete -c segue -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                        in_quotes(command.summary, "\\"));
  }
  for (const CompletedCommand& command : commands) {
    const std::string chosen = fmt::format("complete -c segue -n '__fish_seen_subcommand_from {}'", command.name);
    if (!command.actions.empty()) {
      text += fmt::format("{} -a '{}'\n", chosen, fmt::join(command.actions, " "));
    }
    for (const TypedOption& option : options_of(command)) {
      text += chosen;
      if (!option.letter.empty()) text += fmt::format(" -s {}", option.letter);
      if (option.name.size() > 1) text += fmt::format(" -l {}", option.name);
      if (!option.choices.empty()) {
        text += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
      } else if (option.kind == OptionKind::text || option.kind == OptionKind::texts) {
        text += " -r";
      } else if (option.kind != OptionKind::flag) {
        text += " -x";
      }
      text += fmt::format(" -d {}\n", in_quotes(option.help, "\\"));
    }
  }
  return text;
}

}  // namespace

std::string completion_script(Shell shell, std::span<const CompletedCommand> commands) {
  switch (shell) {
    case Shell::bash:
      return bash_script(commands);
    case Shell::zsh:
      return zsh_script(commands);
    case Shell::fish:
      return fish_script(commands);
  }
  return {};
}

}  // namespace segue::cli
