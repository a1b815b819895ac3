// The arguments of a command: positional ones, and structs of options with their tables (segue/base/options.h).
//
// Values come from three places, later ones override earlier ones: the defaults in the struct, the command's section of
// the TOML file given with --config, the command line.
#pragma once

#include <deque>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"

namespace CLI {
class App;  // CLI11 is one large header: only arguments.cpp and program.cpp include it
}

namespace segue::cli {

// One row of one option struct that a command takes.
struct BoundOption {
  const OptionRow* row = nullptr;
  void* options = nullptr;
  bool required = false;
  bool given = false;              // in the file or on the command line
  std::vector<std::string> typed;  // values from the command line, in order

  void set(std::string_view value) {
    row->set(options, *row, value);
    given = true;
  }
};

class Arguments {
 public:
  explicit Arguments(CLI::App& app) : app_(app) {}

  // A positional argument that is required: exactly one, or at least one.
  void positional(std::string_view name, std::string_view help, std::string& value);
  void positional(std::string_view name, std::string_view help, std::vector<std::string>& values);
  // The first argument, one of `actions`, which outlive this; the command checks that it is.
  void action(std::string_view help, std::string& value, std::span<const std::string_view> actions);
  // An optional positional argument.
  void optional_positional(std::string_view name, std::string_view help, std::vector<std::string>& values);

  // All rows of a struct except those in `omitted`. `required` names rows that must be given. "output" can also be
  // typed -o, "k" -k.
  template <class Options>
  void options(Options& options, std::initializer_list<std::string_view> required = {},
               std::initializer_list<std::string_view> omitted = {}) {
    add_rows(rows_of<Options>(), &options, required, omitted);
  }

  std::deque<BoundOption>& bound() { return bound_; }
  std::span<const std::string_view> actions() const { return actions_; }
  // Whether some option of this struct was given, on the command line or in the file.
  bool has_given(const void* options) const;
  // Whether that one of them was.
  std::function<bool(std::string_view name)> given_of(const void* options) const;

  // Puts the words behind "--" in place of their marks (literal_mark) in the positional arguments. Before
  // apply_typed().
  void restore_literals(const std::vector<std::string>& literals);

  // Sets the structs from the command line. Throws wrong_use for an invalid value or a missing required option.
  void apply_typed();

 private:
  void add_rows(std::span<const OptionRow> rows, void* options, std::initializer_list<std::string_view> required,
                std::initializer_list<std::string_view> omitted);

  CLI::App& app_;
  std::span<const std::string_view> actions_;
  std::vector<std::string*> texts_;  // positional arguments
  std::vector<std::vector<std::string>*> lists_;
  std::deque<BoundOption> bound_;  // stable addresses: CLI11 keeps pointers into it
};

// What the parser sees instead of word `index` behind "--": no option and no command, whatever the word is.
std::string literal_mark(std::size_t index);

}  // namespace segue::cli
