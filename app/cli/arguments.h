// What a command takes: positional arguments, and structs of options with their tables (segue/base/options.h).
//
// Values come from three places, later ones winning: the defaults in the struct, the command's section of the TOML file
// given by --config, the command line.
#pragma once

#include <deque>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"

namespace CLI {
class App;  // CLI11 is one large header: only arguments.cpp and program.cpp read it
}

namespace segue::cli {

// One row of one option struct that a command takes.
struct BoundOption {
  const OptionRow* row = nullptr;
  void* options = nullptr;
  bool required = false;
  bool given = false;              // by the file or on the command line
  std::vector<std::string> typed;  // values from the command line, in order

  void set(std::string_view value) {
    row->set(options, *row, value);
    given = true;
  }
};

class Arguments {
 public:
  explicit Arguments(CLI::App& app) : app_(app) {}

  // A positional argument that has to be there once, or at least once.
  void positional(std::string_view name, std::string_view help, std::string& value);
  void positional(std::string_view name, std::string_view help, std::vector<std::string>& values);
  // A positional argument that may be left out.
  void optional_positional(std::string_view name, std::string_view help, std::vector<std::string>& values);

  // All rows of a struct but those that `left_out` names. `required` names rows that have to be given; "output" can be
  // typed -o, "k" -k.
  template <class Options>
  void options(Options& options, std::initializer_list<std::string_view> required = {},
               std::initializer_list<std::string_view> left_out = {}) {
    add_rows(rows_of<Options>(), &options, required, left_out);
  }

  std::deque<BoundOption>& bound() { return bound_; }

  // Sets the structs from what was typed. Throws wrong_use for a value or a required option that is not right.
  void apply_typed();

 private:
  void add_rows(std::span<const OptionRow> rows, void* options, std::initializer_list<std::string_view> required,
                std::initializer_list<std::string_view> left_out);

  CLI::App& app_;
  std::deque<BoundOption> bound_;  // stable addresses: CLI11 keeps pointers into it
};

}  // namespace segue::cli
