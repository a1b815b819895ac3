// segue report
#include <optional>

#include <fmt/format.h>

#include "segue/base/field_documents.h"
#include "segue/base/file.h"
#include "segue/base/page.h"
#include "segue/base/unix_time.h"
#include "segue/base/words.h"
#include "segue/evaluate/events/event_export.h"
#include "segue/evaluate/events/event_report.h"
#include "segue/evaluate/events/judge.h"
#include "segue/store/store.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/songs.h"
#include "app/web/assets.h"

namespace segue {

struct ReportOptions {
  std::string store;
  std::string output;
  std::string html;
};

template <>
struct OptionsOf<ReportOptions> {
  static constexpr std::string_view section = "report";
  static constexpr std::array rows = {
      option<&ReportOptions::store>("store", "Where the service stores events"),
      option<&ReportOptions::output>("output", "Also write a row for each song of each list: .parquet or .arrow"),
      option<&ReportOptions::html>("html", "Also write the report to this file as an HTML page"),
  };
};
SEGUE_CHECK_OPTIONS(ReportOptions);

namespace cli {
namespace {

// "12.3 % (11.0 to 13.7)"
std::string cell_of(const evaluate::RateReply& rate) {
  std::string share = fmt::format("{:.2f} %", 100 * rate.rate);
  if (!rate.low) return share;
  return fmt::format("{} ({:.2f} to {:.2f})", share, 100 * *rate.low, 100 * *rate.high);
}

std::string table_of(const std::string& what, const std::vector<evaluate::RatesReply>& rows) {
  if (rows.empty()) return "";
  Table table({what, ">lists", ">listeners", ">seen", ">clicked", ">played", ">skipped", ">saved"});
  for (const evaluate::RatesReply& row : rows) {
    table.add({for_terminal(row.name), with_commas(row.lists), with_commas(row.listeners), with_commas(row.shown),
               cell_of(row.click), cell_of(row.play), cell_of(row.skip), cell_of(row.save)});
  }
  return table.text() + '\n';
}

// The rows of --judge. A table of nothing would say nothing.
std::string judged_text(const std::vector<evaluate::JudgedModelReply>& judged) {
  if (judged.front().lists == 0) {
    return "judged: nothing, for want of lists of known listeners with earlier listens in the store, in which some "
           "songs "
           "were chosen and some were not\n";
  }
  const auto with_ends = [](double value, const std::optional<double>& low, const std::optional<double>& high) {
    return low ? fmt::format("{:.4f} ({:.4f} to {:.4f})", value, *low, *high) : fmt::format("{:.4f}", value);
  };
  Table table({"judged", ">lists", ">listeners", ">NDCG", ">against the first"});
  for (const evaluate::JudgedModelReply& row : judged) {
    table.add({for_terminal(row.name), with_commas(row.lists), with_commas(row.listeners),
               with_ends(row.ndcg, row.low, row.high),
               row.difference ? with_ends(*row.difference, row.difference_low, row.difference_high) : ""});
  }
  return table.text() + '\n';
}

std::string text_of(const evaluate::EventReport& report) {
  std::string text = fmt::format("{} events of {} lists, {} listeners\n\n", with_commas(report.events),
                                 with_commas(report.lists), with_commas(report.listeners));
  text += table_of("model", report.models) + table_of("route", report.routes) + table_of("position", report.positions);
  if (report.judged) text += judged_text(*report.judged);
  for (const auto& comparison : report.comparisons) text += "A/B: " + for_terminal(comparison.verdict) + '\n';
  for (const auto& duel : report.interleaved) text += "interleaved: " + for_terminal(duel.verdict) + '\n';
  for (const std::string& note : report.notes) text += "note: " + for_terminal(note) + '\n';
  return text;
}

// With the verdicts for browsers without scripts.
std::string page_of(const evaluate::EventReport& report) {
  std::string verdicts;
  for (const auto& comparison : report.comparisons) verdicts += fmt::format("<p>{}</p>\n", escaped(comparison.verdict));
  for (const auto& duel : report.interleaved) verdicts += fmt::format("<p>{}</p>\n", escaped(duel.verdict));
  const std::vector<std::string> columns = {"model",   "lists",  "listeners", "seen",
                                            "clicked", "played", "skipped",   "saved"};
  std::vector<std::vector<std::string>> rows;
  for (const evaluate::RatesReply& row : report.models) {
    rows.push_back({row.name, with_commas(row.lists), with_commas(row.listeners), with_commas(row.shown),
                    cell_of(row.click), cell_of(row.play), cell_of(row.skip), cell_of(row.save)});
  }
  return filled_page(page_template("events"),
                     {"What listeners did", json_text(report), verdicts + html_table("rates by model", columns, rows)});
}

class ReportCommand final : public Command {
 public:
  std::string_view name() const override { return "report"; }
  std::string_view summary() const override { return "What listeners did with lists, and which model they prefer"; }
  std::string_view example() const override {
    return "  segue report --store segue.sqlite --since 14d\n"
           "  segue report --store segue.sqlite --judge models/current --judge models/next\n"
           "  segue report --store postgresql://segue@db/segue --decide-by play --html report.html";
  }

  void declare(Arguments& arguments) override {
    arguments.options(options_, {"store"});
    arguments.options(report_);
    arguments.options(judge_);
  }

  void run(Terminal& terminal) override {
    std::optional<AtomicFile> html;
    if (!options_.html.empty()) html.emplace(options_.html);
    const std::unique_ptr<store::ListenStore> store = store::open_store(options_.store, store::IfMissing::refuse);
    const std::int64_t now = unix_now();
    evaluate::EventReport report = evaluate::report_events(*store, report_, now);
    const std::int64_t since = evaluate::first_time(report_, now);
    if (!judge_.judge.empty()) report.judged = evaluate::judge_models(*store, judge_, report_, since);
    if (!options_.output.empty()) {
      const std::uint64_t rows = evaluate::export_events(*store, since, report_.played, options_.output);
      terminal.note(fmt::format("{}: {} rows", options_.output, with_commas(rows)));
    }
    if (html) html->commit_text(page_of(report));
    terminal.json() ? terminal.print(document_of(report)) : terminal.print(text_of(report));
  }

 private:
  ReportOptions options_;
  evaluate::EventReportOptions report_;
  evaluate::JudgeOptions judge_;
};

}  // namespace

std::unique_ptr<Command> make_report_command() {
  return std::make_unique<ReportCommand>();
}

}  // namespace cli
}  // namespace segue
