// How a command talks: results on standard output, everything else on standard error.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segue/base/json.h"
#include "segue/base/progress.h"

namespace segue::cli {

// Where results go: standard output, or whoever runs a command from within. Throws no_space, io_failed.
using Output = std::function<void(std::string_view text)>;

// SIGHUP, counted for a command that asks for it; it ends any other.
struct Hangups {
  std::atomic<bool> wanted{false};
  std::atomic<std::uint64_t> count{0};
};

// What people and their systems say to a running process.
struct Signals {
  Signals(std::stop_token stop_in, Hangups* hangups_in = nullptr)  // NOLINT(google-explicit-constructor)
      : stop(std::move(stop_in)), hangups(hangups_in) {}

  std::stop_token stop;  // requested by Ctrl-C, or when the process is told to end
  Hangups* hangups;      // may be nullptr
};

struct TerminalOptions {
  bool json = false;   // one JSON document instead of text
  bool quiet = false;  // no progress, notes or reports
};

class Terminal {
 public:
  Terminal(const TerminalOptions& options, Output output, Signals signals);
  ~Terminal();

  bool json() const { return options_.json; }
  bool quiet() const { return options_.quiet; }
  // Requested when the user presses Ctrl-C or the process is told to end.
  const std::stop_token& stop() const { return signals_.stop; }
  const Signals& signals() const { return signals_; }
  // A bar with rate and time left on a terminal, a line every few seconds otherwise, nothing with --quiet.
  Progress& progress() { return *progress_; }

  // A result: text as it is, or the document of --json.
  void print(std::string_view text);
  void print(const char* text) { print(std::string_view(text)); }
  void print(const json::value& document);
  // How the work went, for a command whose result is what it wrote: as print(text), but nothing with --quiet.
  void report(std::string_view text);
  // Something worth knowing beside the result, one line on standard error.
  void note(std::string_view line);

 private:
  TerminalOptions options_;
  Output output_;
  Signals signals_;
  std::unique_ptr<Progress> progress_;
};

// Text in columns, the widths taken from the cells (counted in characters of the terminal, not bytes). Columns whose
// header starts with '>' are aligned to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> headers);
  void add(std::vector<std::string> cells);  // REQUIRES: as many as headers
  std::string text() const;

 private:
  std::vector<std::string> headers_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

// "1.2 s", "3 min 05 s", "2 h 10 min".
std::string duration_for_people(std::chrono::duration<double> duration);

}  // namespace segue::cli
