// A command's output: results on standard output, everything else on standard error.
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

// Receives results: standard output, or a command that runs another one. Throws no_space, io_failed.
using Output = std::function<void(std::string_view text)>;

// What SIGHUP does to a command.
enum class OnHangup { stop, reload };

// SIGHUPs. Those that arrive before the command line is read wait until it has decided what they do. Thread safe.
class Hangups {
 public:
  void decide(OnHangup on_hangup) {
    decision_ = on_hangup == OnHangup::reload ? kReload : kStop;
    decision_.notify_all();
  }
  // Waits for decide().
  OnHangup decided() const {
    decision_.wait(kUndecided);
    return decision_ == kReload ? OnHangup::reload : OnHangup::stop;
  }
  void count() { ++count_; }
  std::uint64_t counted() const { return count_; }  // those that mean to reload

 private:
  static constexpr int kUndecided = 0;
  static constexpr int kStop = 1;
  static constexpr int kReload = 2;
  std::atomic<int> decision_{kUndecided};
  std::atomic<std::uint64_t> count_{0};
};

// The signals that a running command receives.
struct Signals {
  Signals(std::stop_token stop_in, Hangups* hangups_in = nullptr)  // NOLINT(google-explicit-constructor)
      : stop(std::move(stop_in)), hangups(hangups_in) {}

  std::stop_token stop;  // requested by Ctrl-C or SIGTERM
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
  // Requested by Ctrl-C or SIGTERM.
  const std::stop_token& stop() const { return signals_.stop; }
  const Signals& signals() const { return signals_; }
  // A bar with the rate and the time left on a terminal, else a line every few seconds; nothing with --quiet.
  Progress& progress() { return *progress_; }

  // Prints a result: text, or the document of --json.
  void print(std::string_view text);
  void print(const char* text) { print(std::string_view(text)); }
  void print(const json::value& document);
  // How the work went, for a command whose result is what it wrote: as print(text), but nothing with --quiet.
  void report(std::string_view text);
  // Something worth knowing beside the result, one line on standard error. Control characters are escaped.
  void note(std::string_view line);

 private:
  TerminalOptions options_;
  Output output_;
  Signals signals_;
  std::unique_ptr<Progress> progress_;
};

// The text with control characters written as \n, \t or \x1b: names come from strangers, and a terminal obeys what it
// is sent.
std::string printable(std::string_view text);

// Text in columns as wide as their cells (counted in terminal columns, not bytes). Columns whose header starts with '>'
// are right-aligned: numbers. Control characters in cells are escaped.
class Table {
 public:
  explicit Table(std::vector<std::string> headers);
  void add(std::vector<std::string> cells);  // REQUIRES: as many cells as headers
  std::string text() const;                  // as wide as standard output, if that is a terminal
  // At most `columns` wide, 0 for any width: wide texts are wrapped within their column; if that is not enough, columns
  // are left out from the right, and a last line names them.
  std::string text(std::size_t columns) const;

 private:
  // What of the table is shown: its first columns, and how wide each is.
  struct Fit {
    std::vector<std::size_t> widths;
    std::size_t shown = 0;
  };
  Fit fit(std::size_t columns) const;

  std::vector<std::string> headers_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

// "1.2 s", "3 min 05 s", "2 h 10 min".
std::string duration_for_people(std::chrono::duration<double> duration);

}  // namespace segue::cli
