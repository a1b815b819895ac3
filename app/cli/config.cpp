#include "app/cli/config.h"

#include <algorithm>

#include <toml++/toml.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/words.h"

namespace segue::cli {

namespace {

std::string place(const std::filesystem::path& file, const toml::node& node) {
  return fmt::format("{}:{}", file.string(), node.source().begin.line);
}

std::string value_text(const std::filesystem::path& file, std::string_view key, const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
  if (const auto* real = node.as_floating_point()) return fmt::format("{}", real->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  fail(ErrorCode::wrong_use, "{}: {}: expected a string, a number, or true or false", place(file, node), key);
}

void set_option(const std::filesystem::path& file, BoundOption& option, const toml::node& node) {
  const auto set = [&](const toml::node& value) {
    const std::string text = value_text(file, option.row->name, value);
    try {
      option.set(text);
    } catch (const Error& error) {
      fail(error.code(), "{}: {}", place(file, value), error.what());
    }
  };
  if (option.row->kind == OptionKind::texts && node.is_array()) {
    for (const toml::node& item : *node.as_array()) set(item);
  } else {
    set(node);
  }
}

}  // namespace

void apply_config(const std::filesystem::path& file, std::string_view section,
                  std::span<const std::string_view> known_sections, std::deque<BoundOption>& options) {
  const std::string text = read_text(file, std::size_t{1} << 20);
  toml::table document;
  try {
    document = toml::parse(text, file.string());
  } catch (const toml::parse_error& error) {
    fail(ErrorCode::bad_input, "{}:{}: {}", file.string(), error.source().begin.line, error.description());
  }
  std::vector<std::string_view> known_keys;
  for (const BoundOption& option : options) known_keys.push_back(option.row->name);

  for (const auto& [name, node] : document) {
    const std::string_view found = name.str();
    if (std::ranges::find(known_sections, found) == known_sections.end()) {
      fail(ErrorCode::wrong_use, "{}: unknown section [{}]{}", place(file, node), found,
           did_you_mean(found, known_sections));
    }
    if (!node.is_table()) {
      fail(ErrorCode::wrong_use, "{}: expected a section [{}], found a single value", place(file, node), found);
    }
    if (found != section) continue;
    for (const auto& [key_node, value] : *node.as_table()) {
      std::string key(key_node.str());
      std::ranges::replace(key, '-', '_');
      const auto option = std::ranges::find(options, key, [](const BoundOption& bound) { return bound.row->name; });
      if (option == options.end()) {
        fail(ErrorCode::wrong_use, "{}: unknown option {} in [{}]{}", place(file, value), key, section,
             did_you_mean(key, known_keys));
      }
      if (option->required && !option->typed.empty()) continue;
      set_option(file, *option, value);
    }
  }
}

}  // namespace segue::cli
