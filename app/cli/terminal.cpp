#include "app/cli/terminal.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/words.h"

#include "app/cli/wrap.h"

namespace segue::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kBarInterval = std::chrono::milliseconds(100);
constexpr auto kLineInterval = std::chrono::seconds(5);
constexpr std::size_t kBarWidth = 24;
constexpr std::size_t kNarrowBarWidth = 10;
constexpr std::size_t kWideTerminal = 80;  // with fewer columns the bar is narrow
constexpr std::size_t kBetween = 2;        // spaces between the columns of a table
constexpr std::size_t kLeastTextWidth = 16;

std::string rate_text(double per_second) {
  if (per_second >= 1e9) return fmt::format("{:.2f} G", per_second / 1e9);
  if (per_second >= 1e6) return fmt::format("{:.2f} M", per_second / 1e6);
  if (per_second >= 1e3) return fmt::format("{:.1f} k", per_second / 1e3);
  return fmt::format("{:.0f} ", per_second);
}

class TerminalProgress final : public Progress {
 public:
  explicit TerminalProgress(bool is_terminal) : is_terminal_(is_terminal) {}
  ~TerminalProgress() override { clear(); }

  void begin(std::string_view what, std::uint64_t total, std::string_view unit) override {
    end();
    what_ = what;
    unit_ = unit;
    total_ = total;
    started_ = shown_ = Clock::now();
  }

  void update(std::uint64_t done, std::string_view note) override {
    const auto now = Clock::now();
    if (now - shown_ < (is_terminal_ ? Clock::duration(kBarInterval) : Clock::duration(kLineInterval))) return;
    shown_ = now;
    show(done, note);
  }

  void end() override { clear(); }

 private:
  void show(std::uint64_t done, std::string_view note) {
    const std::chrono::duration<double> elapsed = shown_ - started_;
    const double rate = static_cast<double>(done) / std::max(elapsed.count(), 1e-9);
    const std::size_t columns = is_terminal_ ? terminal_columns(STDERR_FILENO) : 0;
    std::string line = fmt::format("{}: ", what_);
    if (total_ > 0) {
      const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
      if (is_terminal_) {
        const std::size_t width = columns < kWideTerminal ? kNarrowBarWidth : kBarWidth;
        const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
        line += fmt::format("[{}{}] ", std::string(filled, '='), std::string(width - filled, ' '));
      }
      line += fmt::format("{:.0f} %, ", share * 100);
    } else {
      line += fmt::format("{} {}, ", with_commas(done), unit_);
    }
    line += fmt::format("{}{}/s", rate_text(rate), unit_);
    if (total_ > done && rate > 0) {
      const std::chrono::duration<double> left(static_cast<double>(total_ - done) / rate);
      line += fmt::format(", {} left", duration_for_people(left));
    }
    if (!note.empty()) line += fmt::format(", {}", note);
    // A line that the terminal wraps could not be drawn over; the last column would wrap it too.
    if (columns > 0) line = cut_to(printable(line), columns - 1);
    std::fprintf(stderr, is_terminal_ ? "\r%s\x1b[K" : "%s\n", line.c_str());
    drawn_ = is_terminal_;
  }

  void clear() {
    if (drawn_) std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
  }

  bool is_terminal_;
  bool drawn_ = false;
  std::string what_;
  std::string unit_;
  std::uint64_t total_ = 0;
  Clock::time_point started_;
  Clock::time_point shown_;
};

}  // namespace

Terminal::Terminal(const TerminalOptions& options, Output output, Signals signals)
    : options_(options), output_(std::move(output)), signals_(std::move(signals)) {
  if (options_.quiet) {
    progress_ = std::make_unique<NoProgress>();
  } else {
    progress_ = std::make_unique<TerminalProgress>(::isatty(STDERR_FILENO) != 0);
  }
}

Terminal::~Terminal() = default;

void Terminal::print(std::string_view text) {
  progress_->end();
  output_(text);
}

void Terminal::print(const json::value& document) {
  print(pretty(document) + "\n");
}

void Terminal::report(std::string_view text) {
  if (!options_.quiet) print(text);
}

void Terminal::note(std::string_view line) {
  if (options_.quiet) return;
  progress_->end();
  std::fflush(stdout);  // keeps the order if both streams go to one place
  std::fprintf(stderr, "%s\n", printable(line).c_str());
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (byte == '\n' || byte == '\t') {
      out += byte == '\n' ? "\\n" : "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {  // U+0080 to U+009F in UTF-8
      out += fmt::format("\\x{:02x}", next);
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

Table::Table(std::vector<std::string> headers) : headers_(std::move(headers)) {
  for (std::string& header : headers_) {
    right_.push_back(header.starts_with('>'));
    if (right_.back()) header.erase(0, 1);
  }
}

void Table::add(std::vector<std::string> cells) {
  SEGUE_ASSERT(cells.size() == headers_.size());
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  return text(terminal_columns(STDOUT_FILENO));
}

Table::Fit Table::fit(std::size_t columns) const {
  Fit fit;
  for (std::size_t c = 0; c < headers_.size(); ++c) {
    fit.widths.push_back(display_width(headers_[c]));
    for (const auto& row : rows_) fit.widths[c] = std::max(fit.widths[c], display_width(row[c]));
  }
  fit.shown = headers_.size();
  if (columns == 0) return fit;
  const auto total = [&] {
    std::size_t sum = 0;
    for (std::size_t c = 0; c < fit.shown; ++c) sum += fit.widths[c] + (c == 0 ? 0 : kBetween);
    return sum;
  };
  // The widest text gives way first. What still does not fit leaves from the right; the first column stays.
  for (;;) {
    const std::size_t all = total();
    if (all <= columns) return fit;
    std::size_t widest = fit.shown;
    for (std::size_t c = 0; c < fit.shown; ++c) {
      if (right_[c] || fit.widths[c] <= kLeastTextWidth) continue;
      if (widest == fit.shown || fit.widths[c] > fit.widths[widest]) widest = c;
    }
    if (widest < fit.shown) {
      --fit.widths[widest];
    } else if (fit.shown > 1) {
      --fit.shown;
    } else {
      fit.widths[0] = std::max<std::size_t>(columns, 2);
      return fit;
    }
  }
}

std::string Table::text(std::size_t columns) const {
  const Fit fitted = fit(columns);
  std::string text;
  const auto append_row = [&](const std::vector<std::string>& row) {
    std::vector<std::vector<std::string>> cells;
    std::size_t lines = 1;
    for (std::size_t c = 0; c < fitted.shown; ++c) {
      cells.push_back(columns == 0 ? std::vector{row[c]} : wrapped(row[c], std::max<std::size_t>(fitted.widths[c], 2)));
      lines = std::max(lines, cells.back().size());
    }
    for (std::size_t i = 0; i < lines; ++i) {
      std::string line;
      for (std::size_t c = 0; c < fitted.shown; ++c) {
        const std::string cell = i < cells[c].size() ? cells[c][i] : "";
        const std::size_t width = display_width(cell);
        const std::string space(fitted.widths[c] > width ? fitted.widths[c] - width : 0, ' ');
        line += c == 0 ? "" : "  ";
        line += right_[c] ? space + cell : cell + space;
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
  };
  if (std::ranges::any_of(headers_, [](const std::string& header) { return !header.empty(); })) append_row(headers_);
  for (const auto& row : rows_) append_row(row);
  if (fitted.shown < headers_.size()) {
    std::vector<std::string> left_out(headers_.begin() + static_cast<std::ptrdiff_t>(fitted.shown), headers_.end());
    std::erase(left_out, "");
    const std::string note =
        fmt::format("(no room for {}; --json has all)",
                    left_out.empty() ? "the last column" : fmt::format("{}", fmt::join(left_out, ", ")));
    for (const std::string& line : wrapped(note, columns)) text += line + "\n";
  }
  return text;
}

std::string duration_for_people(std::chrono::duration<double> duration) {
  const double seconds = duration.count();
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace segue::cli
