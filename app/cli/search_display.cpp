#include "app/cli/search_display.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "segue/base/words.h"

#include "app/cli/wrap.h"

namespace segue::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kInterval = std::chrono::milliseconds(200);
constexpr std::size_t kLiveTrials = 8;

std::string name_of(const evaluate::Trial& trial) {
  return trial.is_given() ? "the given options" : fmt::format("trial {}", trial.number);
}

// "window 12, negative_exponent -0.31, ..."
std::string describe_options(const evaluate::Trial& trial, const evaluate::Space& space) {
  std::string text;
  for (const evaluate::Dimension& dimension : space.dimensions) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", dimension.row->name, dimension.text(trial.options));
  }
  return text;
}

std::string best_text(std::span<const evaluate::Trial> trials) {
  const evaluate::Trial* const best = evaluate::best_of(trials);
  return best == nullptr ? "" : fmt::format("{:.4f}", best->all->ndcg);
}

// One line for each trial.
class Lines final : public SearchDisplay {
 public:
  explicit Lines(const evaluate::SearchPlan& plan) : plan_(plan) {}

  void started(const evaluate::Trial&, std::span<const evaluate::Trial>) override {}
  void finished(std::span<const evaluate::Trial> trials) override {
    const evaluate::Trial& trial = trials.back();
    std::string score = fmt::format("NDCG@10 {:.4f}", trial.sample.ndcg);
    if (!trial.failure.empty()) score = "failed";
    std::fprintf(stderr, "%s\n",
                 fmt::format("{}, epochs {}: {} in {} (best {}): {}", name_of(trial), trial.options.epochs, score,
                             duration_for_people(std::chrono::duration<double>(trial.seconds)), best_text(trials),
                             describe_options(trial, plan_.space))
                     .c_str());
  }
  void begin(std::string_view, std::uint64_t, std::string_view) override {}
  void update(std::uint64_t, std::string_view) override {}
  void end() override {}
  void close() override {}

 private:
  const evaluate::SearchPlan& plan_;
};

// A table that is drawn over itself.
class LiveTable final : public SearchDisplay {
 public:
  LiveTable(const evaluate::SearchPlan& plan, double spent) : plan_(plan), spent_(spent) {}
  ~LiveTable() override { erase(); }

  void started(const evaluate::Trial& trial, std::span<const evaluate::Trial> before) override {
    trials_.assign(before.begin(), before.end());
    running_ =
        fmt::format("{}, epochs {}: {}", name_of(trial), trial.options.epochs, describe_options(trial, plan_.space));
    began_ = Clock::now();
    draw("");
  }
  void finished(std::span<const evaluate::Trial> trials) override { trials_.assign(trials.begin(), trials.end()); }

  void begin(std::string_view what, std::uint64_t total, std::string_view) override {
    what_ = what;
    total_ = total;
  }
  void update(std::uint64_t done, std::string_view) override {
    if (Clock::now() - drawn_at_ < kInterval) return;
    const double share = total_ > 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(total_)) : 0;
    draw(fmt::format("{} {:.0f} %", what_, 100 * share));
  }
  void end() override {}
  void close() override { erase(); }

 private:
  void draw(std::string_view at) {
    drawn_at_ = Clock::now();
    std::string text = trials_.empty() ? "" : best_trials(trials_, plan_.space, kLiveTrials).text(0) + "\n";
    text += running_ + "\n" + status(at) + "\n";
    // In one write with the erasing of the old table, to avoid flicker.
    const std::string erasing = erasure();
    std::fputs((erasing + fitted(text)).c_str(), stderr);
  }

  std::string status(std::string_view at) const {
    const std::chrono::duration<double> running = Clock::now() - began_;
    std::uint32_t sets = 0;
    for (const evaluate::Trial& trial : trials_) sets = std::max(sets, trial.number);
    std::string text = fmt::format("{} for {}", at.empty() ? "started" : at, duration_for_people(running));
    text += fmt::format("; {} trials done, {}{} sets of options", trials_.size(), sets,
                        plan_.options.trials > 0 ? fmt::format(" of {}", plan_.options.trials) : "");
    if (plan_.options.time.count() > 0) {
      const std::chrono::duration<double> all = plan_.options.time;
      const std::chrono::duration<double> here = Clock::now() - started_;
      text += fmt::format("; {} left at most",
                          duration_for_people(std::max(std::chrono::duration<double>(0),
                                                       all - here - std::chrono::duration<double>(spent_))));
    }
    return text + "; Ctrl-C keeps the finished trials";
  }

  // Cuts lines to the width of the terminal: a wrapped line would take two rows but count as one.
  std::string fitted(std::string_view text) {
    const std::size_t width = terminal_columns(STDERR_FILENO) - 1;
    std::string out;
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      out += cut_to(line, width) + "\n";
      ++lines_;
    }
    return out;
  }

  // Moves back to where the table began and clears everything below.
  std::string erasure() { return lines_ == 0 ? "" : fmt::format("\x1b[{}A\r\x1b[J", std::exchange(lines_, 0)); }
  void erase() { std::fputs(erasure().c_str(), stderr); }

  const evaluate::SearchPlan& plan_;
  const double spent_;
  std::vector<evaluate::Trial> trials_;
  std::string running_;
  std::string what_;
  std::uint64_t total_ = 0;
  std::size_t lines_ = 0;  // on the screen
  const Clock::time_point started_ = Clock::now();
  Clock::time_point began_;
  Clock::time_point drawn_at_;
};

class NoDisplay final : public SearchDisplay {
 public:
  void started(const evaluate::Trial&, std::span<const evaluate::Trial>) override {}
  void finished(std::span<const evaluate::Trial>) override {}
  void begin(std::string_view, std::uint64_t, std::string_view) override {}
  void update(std::uint64_t, std::string_view) override {}
  void end() override {}
  void close() override {}
};

}  // namespace

Table best_trials(std::span<const evaluate::Trial> trials, const evaluate::Space& space, std::size_t count) {
  std::vector<const evaluate::Trial*> order;
  for (const evaluate::Trial& trial : trials) {
    if (trial.failure.empty()) order.push_back(&trial);
  }
  std::ranges::stable_sort(order, std::greater(), [](const evaluate::Trial* trial) {
    return std::pair(trial->all.has_value(), trial->all ? trial->all->ndcg : trial->sample.ndcg);
  });
  std::vector<std::string> headers = {">trial", ">NDCG@10", ">sample", ">HR@10", "method", ">epochs"};
  for (const evaluate::Dimension& dimension : space.dimensions)
    headers.push_back(fmt::format(">{}", dimension.row->name));
  headers.emplace_back(">time");
  Table table(std::move(headers));
  for (std::size_t i = 0; i < order.size(); ++i) {
    const evaluate::Trial& trial = *order[i];
    if (i >= count && !trial.is_given()) continue;
    const evaluate::TrialScore& score = trial.all ? *trial.all : trial.sample;
    std::vector<std::string> cells = {trial.is_given() ? "given" : fmt::format("{}", trial.number),
                                      trial.all ? fmt::format("{:.4f}", score.ndcg) : "",
                                      fmt::format("{:.4f}", trial.sample.ndcg),
                                      fmt::format("{:.4f}", score.hit_rate),
                                      std::string(evaluate::method_name_of(score.query)),
                                      fmt::format("{}", trial.options.epochs)};
    for (const evaluate::Dimension& dimension : space.dimensions) cells.push_back(dimension.text(trial.options));
    cells.push_back(duration_for_people(std::chrono::duration<double>(trial.seconds)));
    table.add(std::move(cells));
  }
  return table;
}

std::unique_ptr<SearchDisplay> make_search_display(const Terminal& terminal, const evaluate::SearchPlan& plan,
                                                   double spent) {
  if (terminal.quiet()) return std::make_unique<NoDisplay>();
  if (::isatty(STDERR_FILENO) == 0) return std::make_unique<Lines>(plan);
  return std::make_unique<LiveTable>(plan, spent);
}

}  // namespace segue::cli
