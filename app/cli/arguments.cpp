#include "app/cli/arguments.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace segue::cli {

namespace {

std::string value_name(const OptionRow& row) {
  switch (row.kind) {
    case OptionKind::flag:
      return "true|false";
    case OptionKind::integer:
      return "N";
    case OptionKind::real:
      return "X";
    case OptionKind::duration:
      return "TIME";
    case OptionKind::choice:
      return fmt::format("{}", fmt::join(row.choices, "|"));
    case OptionKind::text:
    case OptionKind::texts:
      break;
  }
  return "TEXT";
}

std::string option_names(const OptionRow& row) {
  if (row.name.size() == 1) return fmt::format("-{},--{}", row.name, row.name);
  if (row.name == "output") return "-o," + row.flag();
  return row.flag();
}

std::string help_text(const OptionRow& row, const void* options) {
  const std::string now = row.text(options);
  const bool shows_default =
      !now.empty() && row.kind != OptionKind::texts && !(row.kind == OptionKind::flag && now == "false");
  return shows_default ? fmt::format("{} [{}]", row.help, now) : std::string(row.help);
}

}  // namespace

void Arguments::positional(std::string_view name, std::string_view help, std::string& value) {
  texts_.push_back(&value);
  app_.add_option(std::string(name), value, std::string(help))->required();
}

void Arguments::positional(std::string_view name, std::string_view help, std::vector<std::string>& values) {
  lists_.push_back(&values);
  app_.add_option(std::string(name), values, std::string(help))
      ->required()
      ->expected(1, CLI::detail::expected_max_vector_size);
}

void Arguments::action(std::string_view help, std::string& value, std::span<const std::string_view> actions) {
  actions_ = actions;
  positional("ACTION", help, value);
}

void Arguments::optional_positional(std::string_view name, std::string_view help, std::vector<std::string>& values) {
  lists_.push_back(&values);
  app_.add_option(std::string(name), values, std::string(help))->expected(0, CLI::detail::expected_max_vector_size);
}

void Arguments::add_rows(std::span<const OptionRow> rows, void* options,
                         std::initializer_list<std::string_view> required,
                         std::initializer_list<std::string_view> omitted) {
  for (const OptionRow& row : rows) {
    if (std::ranges::find(omitted, row.name) != omitted.end()) continue;
    BoundOption& bound = bound_.emplace_back();
    bound.row = &row;
    bound.options = options;
    bound.required = std::ranges::find(required, row.name) != required.end();
    CLI::Option* added = app_.add_option_function<std::vector<std::string>>(
        option_names(row), [&bound](const std::vector<std::string>& values) { bound.typed = values; },
        help_text(row, options));
    // Whether it is required is checked in apply_typed: the file may set it as well.
    added->type_name(value_name(row) + (bound.required ? " REQUIRED" : ""))
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
    // A flag can stand alone (--explain) or have a value (--dynamic-window false).
    if (row.kind == OptionKind::flag) {
      added->expected(0, 1);
    } else {
      added->expected(1);
      if (row.kind != OptionKind::texts) added->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }
}

std::string literal_mark(std::size_t index) {
  return fmt::format("\x1f{}", index);
}

void Arguments::restore_literals(const std::vector<std::string>& literals) {
  const auto restore = [&](std::string& word) {
    for (std::size_t i = 0; i < literals.size(); ++i) {
      if (word == literal_mark(i)) {
        word = literals[i];
        return;
      }
    }
  };
  for (std::string* text : texts_) restore(*text);
  for (std::vector<std::string>* list : lists_) std::ranges::for_each(*list, restore);
}

void Arguments::apply_typed() {
  for (BoundOption& bound : bound_) {
    for (const std::string& value : bound.typed) {
      const bool bare_flag = bound.row->kind == OptionKind::flag && (value.empty() || value == "{}");
      bound.set(bare_flag ? "true" : value);
    }
    if (bound.required && !bound.given) {
      const bool any_text = bound.row->kind == OptionKind::text;
      fail(ErrorCode::wrong_use, "{} is required ({})", bound.row->flag(),
           any_text ? std::string(bound.row->help) : bound.row->wanted());
    }
  }
}

bool Arguments::has_given(const void* options) const {
  return std::ranges::any_of(bound_, [&](const BoundOption& bound) { return bound.options == options && bound.given; });
}

std::function<bool(std::string_view name)> Arguments::given_of(const void* options) const {
  return [this, options](std::string_view name) {
    return std::ranges::any_of(bound_, [&](const BoundOption& bound) {
      return bound.options == options && bound.given && bound.row->name == name;
    });
  };
}

}  // namespace segue::cli
