// One command of the segue program. Each lives in a file of its own (app/cli/ingest.cpp, ...) and is listed in
// registry.cpp; program.cpp reads the command line and runs it.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/terminal.h"

namespace segue::cli {

class Command {
 public:
  virtual ~Command() = default;
  virtual std::string_view name() const = 0;     // "similar"
  virtual std::string_view summary() const = 0;  // one line for `segue --help`
  virtual std::string_view example() const = 0;  // shown at the end of `segue similar --help`
  // Declares the arguments and option structs: members of the command, which are filled before run().
  virtual void declare(Arguments& arguments) = 0;
  virtual OnHangup on_hangup() const { return OnHangup::stop; }
  virtual void run(Terminal& terminal) = 0;
};

// Every command, in the order of `segue --help`.
std::vector<std::unique_ptr<Command>> make_all_commands();

}  // namespace segue::cli
