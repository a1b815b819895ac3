// The report as one HTML page of text, tables and inline SVG, written by hand so that the file opens anywhere.
#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/evaluate/report/html.h"
#include "segue/evaluate/report/report.h"

namespace segue::evaluate {

namespace {

std::string share(double value) {
  return fmt::format("{:.4f}", value);
}

// A column of numbers over all methods; the best is marked if more is better.
struct Column {
  std::string title;
  std::string explanation;
  std::function<double(const MethodScore&)> value;
  std::function<std::string(double)> text = share;
  bool more_is_better = false;
};

std::string method_table(const Evaluation& evaluation, std::size_t mode, std::span<const Column> columns) {
  std::string out = "<div class=wide><table><tr><th></th>";
  for (const Column& column : columns) {
    out += fmt::format("<th title=\"{}\">{}</th>", escaped(column.explanation), escaped(column.title));
  }
  out += "</tr>\n";
  for (std::size_t i = 0; i < evaluation.methods.size(); ++i) {
    const MethodScore& method = evaluation.methods[i];
    out += fmt::format("<tr{}><td title=\"{}\">{}</td>", i == evaluation.references[mode] ? " class=reference" : "",
                       escaped(method.summary), escaped(method.name));
    for (const Column& column : columns) {
      const double value = column.value(method);
      const bool best = column.more_is_better && std::ranges::all_of(evaluation.methods, [&](const MethodScore& other) {
                          return column.value(other) <= value;
                        });
      out += fmt::format("<td{}>{}</td>", best ? " class=best" : "", std::isnan(value) ? "" : column.text(value));
    }
    out += "</tr>\n";
  }
  return out + "</table></div>\n";
}

std::string accuracy_table(const Evaluation& evaluation, std::size_t mode) {
  std::vector<Column> columns;
  const auto add = [&](std::string_view metric, std::string_view explanation, ByCutoff Accuracy::*values) {
    for (std::size_t i = 0; i < kCutoffs.size(); ++i) {
      columns.push_back({fmt::format("{}@{}", metric, kCutoffs[i]), std::string(explanation),
                         [=](const MethodScore& method) { return (method.modes[mode].accuracy.*values)[i]; }, share,
                         true});
    }
  };
  add("HR", "Share of positions where the next song is among the first", &Accuracy::hit_rate);
  add("NDCG", "The same, worth less further down the list: 1 / log2(1 + rank)", &Accuracy::ndcg);
  add("MRR", "1 / rank", &Accuracy::mrr);
  add("Recall", "Share of the songs still to come that are among the first", &Accuracy::recall);
  return method_table(evaluation, mode, columns);
}

std::string lists_table(const Evaluation& evaluation, std::size_t mode) {
  const auto lists = [mode](const MethodScore& method) -> const ListStatistics& { return method.modes[mode].lists; };
  const auto percent = [](double value) { return fmt::format("{:.1f} %", 100 * value); };
  const auto three = [](double value) { return fmt::format("{:.3f}", value); };
  const auto one = [](double value) { return fmt::format("{:.1f}", value); };
  const auto whole = [](double value) { return with_commas(static_cast<std::uint64_t>(std::llround(value))); };
  std::vector<Column> columns;
  for (std::size_t i = 0; i < kCutoffs.size(); ++i) {
    columns.push_back({fmt::format("coverage@{}", kCutoffs[i]), "Share of the catalogue that is in at least one list",
                       [=](const MethodScore& method) { return lists(method).coverage[i]; }, percent});
  }
  columns.push_back({"Gini", "How unevenly songs are recommended: 0 all equally, 1 always the same",
                     [=](const MethodScore& method) { return lists(method).gini; }, three});
  columns.push_back({"popularity rank", "Mean popularity rank of the recommended songs: 1 is the most played",
                     [=](const MethodScore& method) { return lists(method).popularity_rank; }, whole});
  columns.push_back({"self-information", "Mean surprise of the recommended songs, bits",
                     [=](const MethodScore& method) { return lists(method).self_information; }, one});
  columns.push_back({"diversity", "Mean of 1 - cosine of two songs of a list",
                     [=](const MethodScore& method) { return lists(method).diversity.value_or(std::nan("")); }, three});
  columns.push_back({"artist repeats", "Share of songs whose artist is already further up in the list",
                     [=](const MethodScore& method) { return lists(method).artist_repeats; }, percent});
  columns.push_back({"hubness", "Skewness of how often songs are recommended",
                     [=](const MethodScore& method) { return lists(method).hubness; }, one});
  columns.push_back({"length", "Mean length of lists of up to 100",
                     [=](const MethodScore& method) { return lists(method).mean_length; }, whole});
  return method_table(evaluation, mode, columns);
}

// A bar for each method, with the interval as a whisker.
std::string bars(const Evaluation& evaluation, std::size_t mode, std::string_view title,
                 const std::function<double(const ModeScore&)>& value,
                 const std::function<std::optional<Interval>(const ModeScore&)>& interval) {
  constexpr int kLeft = 100;
  constexpr int kWidth = 380;
  constexpr int kRow = 24;
  double most = 1e-9;
  for (const MethodScore& method : evaluation.methods) {
    const std::optional<Interval> range = interval(method.modes[mode]);
    most = std::max({most, value(method.modes[mode]), range ? range->high : 0});
  }
  const auto x = [&](double number) { return kLeft + kWidth * std::max(0.0, number) / most; };
  const int height = kRow * static_cast<int>(evaluation.methods.size());
  std::string out = fmt::format(
      "<figure style=\"margin:0\"><figcaption>{}</figcaption><svg width={} height={} role=img "
      "aria-label=\"{}\">\n",
      title, kLeft + kWidth + 70, height + 22, title);
  const double step = tick_step(most);
  for (int i = 0; step * i <= most; ++i) {
    const double tick = step * i;
    out += fmt::format(
        "<line class=axis x1={0:.1f} x2={0:.1f} y1=0 y2={1}></line><text class=tick x={0:.1f} y={2} "
        "text-anchor=middle>{3:.3g}</text>\n",
        x(tick), height, height + 15, tick);
  }
  for (std::size_t i = 0; i < evaluation.methods.size(); ++i) {
    const MethodScore& method = evaluation.methods[i];
    const double mean = value(method.modes[mode]);
    const int y = kRow * static_cast<int>(i);
    out += fmt::format(
        "<text x={} y={} text-anchor=end>{}</text><rect class=\"bar{}\" x={} y={} width={:.1f} height={}>"
        "</rect>",
        kLeft - 8, y + 16, escaped(method.name), i == evaluation.references[mode] ? " reference" : "", kLeft, y + 4,
        x(mean) - kLeft, kRow - 8);
    double end = x(mean);
    if (const std::optional<Interval> range = interval(method.modes[mode])) {
      out += fmt::format("<line class=whisker x1={:.1f} x2={:.1f} y1={} y2={}></line>", x(range->low), x(range->high),
                         y + kRow / 2, y + kRow / 2);
      end = std::max(end, x(range->high));
    }
    out += fmt::format("<text class=tick x={:.1f} y={}>{:.4f}</text>\n", end + 6, y + 16, mean);
  }
  return out + "</svg></figure>\n";
}

// HitRate@10 of every method in every group of positions, darker if higher.
template <std::size_t kCount>
std::string heat_table(const Evaluation& evaluation, std::array<SliceScore, kCount> ModeScore::*slices,
                       std::size_t mode, const std::array<std::uint64_t, kCount>& positions,
                       std::span<const std::string> titles) {
  double most = 1e-9;
  for (const MethodScore& method : evaluation.methods) {
    for (const SliceScore& slice : method.modes[mode].*slices) most = std::max(most, slice.hit_rate);
  }
  std::string out = "<div class=wide><table><tr><th></th>";
  for (const std::string& title : titles) out += fmt::format("<th>{}</th>", escaped(title));
  out += "</tr>\n<tr class=dim><td>positions</td>";
  for (const std::uint64_t count : positions) out += fmt::format("<td>{}</td>", with_commas(count));
  out += "</tr>\n";
  for (const MethodScore& method : evaluation.methods) {
    out += fmt::format("<tr><td>{}</td>", escaped(method.name));
    for (std::size_t i = 0; i < kCount; ++i) {
      const double rate = (method.modes[mode].*slices)[i].hit_rate;
      out += positions[i] == 0 ? "<td></td>"
                               : fmt::format("<td style=\"background:rgba(var(--heat),{:.2f})\">{:.3f}</td>",
                                             0.75 * rate / most, rate);
    }
    out += "</tr>\n";
  }
  return out + "</table></div>\n";
}

std::string gains(const Evaluation& evaluation, std::size_t mode) {
  const auto cell = [](double gain, const std::optional<Interval>& interval) {
    return interval ? fmt::format("<td>{:+.4f}</td><td class=dim>{:+.4f} … {:+.4f}</td>", gain, interval->low,
                                  interval->high)
                    : fmt::format("<td>{:+.4f}</td><td></td>", gain);
  };
  std::string out =
      "<table><tr><th></th><th>HR@10</th><th>95 %</th><th>NDCG@10</th><th>95 %</th>"
      "<th class=left>description</th></tr>\n";
  for (std::size_t i = 0; i < evaluation.methods.size(); ++i) {
    const MethodScore& method = evaluation.methods[i];
    const ModeScore& score = method.modes[mode];
    const bool reference = i == evaluation.references[mode];
    out += fmt::format(
        "<tr{}><td>{}</td>{}{}<td class=left>{}</td></tr>\n", reference ? " class=reference" : "", escaped(method.name),
        reference ? "<td colspan=2>reference</td>" : cell(score.hit_rate_gain, score.hit_rate_gain_interval),
        reference ? "<td colspan=2></td>" : cell(score.ndcg_gain, score.ndcg_gain_interval), escaped(method.summary));
  }
  return "<div class=wide>" + out + "</table></div>\n";
}

std::string_view mode_heading(Mode mode) {
  switch (mode) {
    case Mode::discovery:
      return "Discovery";
    case Mode::repeat:
      return "Repeat";
    case Mode::next:
      return "Next";
    case Mode::any:
      break;
  }
  return "All positions";
}

std::string_view mode_text(const ModeSummary& summary) {
  switch (summary.mode) {
    case Mode::discovery:
      return "The next song is not among those just heard, which are masked, so methods have to predict something new.";
    case Mode::repeat:
      return "The next song is among those just heard, and nothing is masked, so methods have to predict what is "
             "played again.";
    case Mode::next:
      return "Every position, and nothing is masked, so methods have to predict what is played, new or not.";
    case Mode::any:
      break;
  }
  return "Nothing is masked.";
}

std::string mode_section(const Evaluation& evaluation, std::size_t mode) {
  const ModeSummary& summary = evaluation.modes[mode];
  std::string out = fmt::format(
      "<h2>{}</h2>\n<p>{} {} positions; at {} of them ({:.0f} %) the next song is not in the catalogue, which "
      "counts as a miss.</p>\n<div class=charts>\n",
      mode_heading(summary.mode), mode_text(summary), with_commas(summary.positions), with_commas(summary.unknown),
      100.0 * static_cast<double>(summary.unknown) / static_cast<double>(summary.positions));
  out += bars(
      evaluation, mode, "HitRate@10", [](const ModeScore& score) { return score.accuracy.hit_rate[0]; },
      [](const ModeScore& score) { return score.hit_rate; });
  out += bars(
      evaluation, mode, "NDCG@10", [](const ModeScore& score) { return score.accuracy.ndcg[0]; },
      [](const ModeScore& score) { return score.ndcg; });
  out += "</div>\n<h3>Accuracy</h3>\n" + accuracy_table(evaluation, mode);
  out += fmt::format(
             "<h3>Compared with the best baseline, {}</h3>\n<p class=dim>Differences on the same positions; intervals "
             "from the same resampled queues.</p>\n",
             escaped(evaluation.methods[evaluation.references[mode]].name)) +
         gains(evaluation, mode);
  out +=
      "<h3>HitRate@10 by popularity of the next song</h3>\n<p class=dim>Each group of songs has a tenth of all plays: "
      "the first is the few most played songs, the last the many least played.</p>\n";
  std::vector<std::string> titles;
  for (std::size_t i = 1; i <= kDeciles; ++i) titles.push_back(i == 1 ? "1 (top)" : fmt::format("{}", i));
  out += heat_table(evaluation, &ModeScore::by_popularity, mode, summary.by_popularity, titles);
  out += "<h3>HitRate@10 by songs heard before</h3>\n";
  titles.clear();
  for (std::size_t i = 0; i < kHistoryLengths.size(); ++i) {
    const std::uint32_t least = kHistoryLengths[i];
    const bool last = i + 1 == kHistoryLengths.size();
    const std::uint32_t greatest = last ? 0 : kHistoryLengths[i + 1] - 1;
    titles.push_back(last                ? fmt::format("{}+", least)
                     : least == greatest ? fmt::format("{}", least)
                                         : fmt::format("{}–{}", least, greatest));
  }
  out += heat_table(evaluation, &ModeScore::by_history, mode, summary.by_history, titles);
  return out + "<h3>Properties of the lists</h3>\n<p class=dim>Of their first 10 songs, unless noted.</p>\n" +
         lists_table(evaluation, mode);
}

std::string song_list(std::span<const std::uint32_t> rows, const data::Catalogue& songs, std::uint32_t target) {
  std::string out = "<ol>";
  for (const std::uint32_t row : rows) {
    out += fmt::format("<li{}>{}</li>", row == target ? " class=hit" : "", escaped(songs.song(row).display()));
  }
  return out + "</ol>";
}

std::string examples(std::string_view title, std::span<const ExamplePrediction> list, const data::Catalogue& songs) {
  if (list.empty()) return "";
  std::string out = fmt::format("<h3>{}</h3>\n<div class=examples>\n", title);
  for (const ExamplePrediction& example : list) {
    out += fmt::format(
        "<div class=example><h4>heard last</h4>{}<h4>predicted</h4>{}<h4>played next</h4>{} "
        "<span class=dim>({})</span></div>\n",
        song_list(example.heard, songs, kUnknownSong), song_list(example.list, songs, example.target),
        escaped(songs.song(example.target).display()),
        example.rank == 0 ? "not among the first 100" : fmt::format("rank {}", example.rank));
  }
  return out + "</div>\n";
}

std::string seeds_note(std::span<const Evaluation> runs) {
  if (runs.size() == 1) return "";
  std::string out = fmt::format(
      "<h2>Other seeds</h2>\n<p>Everything above is for seed {}. NDCG@10 in the first mode, by seed:</p>\n"
      "<div class=wide><table><tr><th></th>",
      runs[0].seed);
  for (const Evaluation& run : runs) out += fmt::format("<th>{}</th>", run.seed);
  out += "</tr>\n";
  for (const MethodScore& method : runs[0].methods) {
    out += fmt::format("<tr><td>{}</td>", escaped(method.name));
    for (const Evaluation& run : runs) {
      const auto found = std::ranges::find(run.methods, method.name, &MethodScore::name);
      out += fmt::format("<td>{}</td>", found == run.methods.end() ? "" : share(found->modes[0].accuracy.ndcg[0]));
    }
    out += "</tr>\n";
  }
  return out + "</table></div>\n";
}

}  // namespace

std::string html_report(std::span<const Evaluation> runs, const data::Catalogue& songs,
                        const ReportDescription& description) {
  SEGUE_ASSERT(!runs.empty());
  const Evaluation& first = runs.front();
  std::string body = fmt::format(
      "<p>Trained on {} queues with {} plays; methods rank a catalogue of the {} songs played often enough in them. "
      "Measured on {} queues that training has not seen (split {}, {} part, seed {}), at every song after the first. "
      "Whiskers are 95 % intervals.</p>\n",
      with_commas(first.training_queues), with_commas(first.training_plays), with_commas(first.songs),
      with_commas(first.held_out_queues), choice_name(first.split),
      std::string_view(description.split_options.at("part").as_string()), first.seed);
  for (const std::string& name : first.skipped) {
    body += fmt::format("<p class=dim>{} does not apply to this dataset.</p>\n", escaped(name));
  }
  for (std::size_t mode = 0; mode < first.modes.size(); ++mode) body += mode_section(first, mode);
  if (!first.good.empty() || !first.bad.empty()) {
    body += fmt::format(
        "<h2>Examples</h2>\n<p>From {}, the best method by NDCG@10, at positions whose next song is in the "
        "catalogue.</p>\n",
        escaped(first.example_method));
    body += examples("Right", first.good, songs) + examples("Wrong", first.bad, songs);
  }
  body += seeds_note(runs);
  body += "<h2>Options</h2>\n";
  for (const json::object* const options :
       {&description.split_options, &description.options, &description.train_options}) {
    body += fmt::format("<pre class=dim>{}</pre>\n", escaped(pretty(*options)));
  }
  return html_page({.title = "Evaluation of " + description.dataset,
                    .heading = "Next-song accuracy",
                    .subject = description.dataset,
                    .body = body});
}

}  // namespace segue::evaluate
