// The page of a search: parallel coordinates of all trials, a scatter plot for each option, the best trials. Inline
// SVG, written by hand; lines and points are brighter for better trials and fainter for fewer epochs.
#include "segue/evaluate/tuning/search_page.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "segue/base/words.h"
#include "segue/evaluate/report/html.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kShownTrials = 15;

constexpr std::string_view kMoreStyle = R"(
svg.search path { fill: none; stroke-width: 1.3; } svg.search path.best { stroke: var(--best); stroke-width: 3; opacity: 1; }
svg.search circle.best { fill: var(--best); opacity: 1; } svg.search circle.given, svg.search path.given { stroke: var(--ink); stroke-width: 1.6; stroke-dasharray: 4 3; opacity: 1; }
svg.search circle.given { fill: none; stroke-dasharray: none; } svg.search path:hover { stroke: var(--ink); stroke-width: 3; opacity: 1; }
.key { display: inline-block; width: 1.6em; height: .28em; vertical-align: middle; margin: 0 .3em 0 1em; } .key:first-child { margin-left: 0; } tr.best td { color: var(--best); font-weight: 600; }
)";

// An axis of the parallel coordinates.
struct ChartAxis {
  std::string title;
  std::function<double(const Trial&)> unit;  // within [0, 1]
  std::vector<std::pair<double, std::string>> ticks;
};

std::string time_text(double seconds) {
  return seconds < 120 ? fmt::format("{:.0f} seconds", seconds) : fmt::format("{:.0f} minutes", seconds / 60);
}

std::string number_text(double number) {
  return fmt::format("{:.3g}", number);
}

// The multiples of tick_step() from low to high.
std::vector<double> even_ticks(double low, double high) {
  std::vector<double> numbers;
  const double step = tick_step(high - low);
  const auto last = std::lround(std::floor(high / step));
  for (auto i = std::lround(std::ceil(low / step)); i <= last; ++i) numbers.push_back(static_cast<double>(i) * step);
  return numbers;
}

// Round numbers from low to high. On a logarithmic scale: 1, 2 and 5 times powers of ten, or the powers alone if those
// are many; doublings of low if only multiples of a step are allowed.
std::vector<double> round_numbers(const Dimension& dimension) {
  if (dimension.scale == Scale::linear) return even_ticks(dimension.low, dimension.high);
  std::vector<double> numbers;
  if (dimension.step > 1) {
    const int doublings = static_cast<int>(std::log2(dimension.high / dimension.low));
    for (int i = 0; i <= doublings; ++i) numbers.push_back(std::ldexp(dimension.low, i));
    return numbers;
  }
  const bool is_wide = dimension.high / dimension.low > 500;
  const int last = static_cast<int>(std::floor(std::log10(dimension.high)));
  for (int power = static_cast<int>(std::floor(std::log10(dimension.low))); power <= last; ++power) {
    for (const double times : {1, 2, 5}) {
      const double number = times * std::pow(10, power);
      constexpr double kSlack = 1e-9;  // std::pow rounds
      const bool inside = number >= dimension.low * (1 - kSlack) && number <= dimension.high * (1 + kSlack);
      if (inside && (times == 1 || !is_wide)) numbers.push_back(number);
    }
  }
  return numbers;
}

std::vector<std::pair<double, std::string>> ticks_of(const Dimension& dimension) {
  std::vector<std::pair<double, std::string>> ticks;
  for (std::size_t i = 0; i < dimension.values.size(); ++i) {
    ticks.emplace_back((static_cast<double>(i) + 0.5) / static_cast<double>(dimension.values.size()),
                       dimension.values[i]);
  }
  if (dimension.is_choice()) return ticks;
  for (const double number : round_numbers(dimension)) {
    train::TrainOptions options;
    const double inside = std::clamp(number, dimension.low, dimension.high);
    const bool is_whole = dimension.row->kind == OptionKind::integer;
    if (is_whole && std::round(number) != number) continue;
    dimension.row->set(&options, *dimension.row, fmt::format("{:.12g}", inside));
    ticks.emplace_back(dimension.unit_of(options), number_text(number));
  }
  return ticks;
}

class Page {
 public:
  Page(const SearchPlan& plan, std::span<const Trial> trials, const BestOptions& result, const json::object& about)
      : plan_(plan), result_(result), about_(about) {
    for (const Trial& trial : trials) {
      if (trial.failure.empty())
        trials_.push_back(&trial);
      else
        ++failures_;
    }
    // Drawn in this order, so that the best are on top.
    std::ranges::stable_sort(trials_, {}, [](const Trial* trial) { return trial->sample.ndcg; });
    least_ = trials_.front()->sample.ndcg;
    most_ = trials_.back()->sample.ndcg;
    if (most_ <= least_) most_ = least_ + 1e-9;
    importance_ = importance_of(plan.space, trials);
  }

  std::string text() const {
    std::string body = summary();
    body += "<h2>All trials</h2>\n" + key() + coordinates();
    body +=
        "<h2>Each option</h2>\n<p class=dim>NDCG@10 at the positions at which every trial is measured, against the "
        "value of one option; the other options differ from point to point.</p>\n<div class=charts>\n";
    for (std::size_t d = 0; d < plan_.space.dimensions.size(); ++d) body += scatter(d);
    body += "</div>\n<h2>Best trials</h2>\n" + table();
    body += fmt::format("<h2>Search space</h2>\n<pre class=dim>{}</pre>\n", escaped(pretty(about_)));
    return html_page({.title = "Search for " + result_.dataset,
                      .heading = "Search for training options",
                      .subject = result_.dataset,
                      .style = kMoreStyle,
                      .body = body});
  }

 private:
  bool is_best(const Trial& trial) const {
    return trial.number == result_.best.number && trial.rung == result_.best.rung;
  }
  std::string_view class_of(const Trial& trial) const {
    return is_best(trial) ? " class=best" : trial.is_given() ? " class=given" : "";
  }
  double height_of(const Trial& trial) const { return (trial.sample.ndcg - least_) / (most_ - least_); }

  // Opaque at the top rung.
  double opacity_of(const Trial& trial) const {
    return 0.25 + 0.65 * static_cast<double>(trial.rung + 1) / static_cast<double>(plan_.rungs.size());
  }
  std::string colour_of(const Trial& trial) const {
    return fmt::format("color-mix(in srgb, var(--bar) {:.0f}%, var(--line))", 20 + 80 * height_of(trial));
  }

  std::string title_of(const Trial& trial) const {
    std::string text = trial.is_given() ? "the given options" : fmt::format("trial {}", trial.number);
    text += fmt::format(": NDCG@10 {:.4f}, epochs {}", trial.sample.ndcg, trial.options.epochs);
    for (const Dimension& dimension : plan_.space.dimensions) {
      text += fmt::format(", {} {}", dimension.row->name, dimension.text(trial.options));
    }
    return fmt::format("<title>{}</title>", escaped(text));
  }

  std::string summary() const {
    const TrialScore& best = *result_.best.all;
    const TrialScore& given = *result_.given.all;
    double seconds = 0;
    for (const Trial* const trial : trials_) seconds += trial->seconds;
    std::string text = fmt::format(
        "<p>{} trials of {} sets of options in {}. At all {} positions of the validation part (split {}), the best has "
        "<b>NDCG@10 {:.4f}</b> and HitRate@10 {:.4f} ({}), the given options {:.4f} and {:.4f} ({}). The best of many "
        "trials is always a little lucky: measure it on the test part, which the search has not seen.</p>\n",
        with_commas(trials_.size() + failures_), with_commas(sets()), time_text(seconds),
        with_commas(result_.positions), choice_name(result_.split), best.ndcg, best.hit_rate,
        method_name_of(best.query), given.ndcg, given.hit_rate, method_name_of(given.query));
    if (failures_ > 0) text += fmt::format("<p class=dim>{} trials failed and are not shown.</p>\n", failures_);
    text +=
        "<table><tr><th>option</th><th>best</th><th>given</th><th>searched</th><th title=\"Share of the variance of "
        "NDCG@10 among the trials with the fewest epochs that lies between four groups by this option (rough)\">"
        "accounts for</th></tr>\n";
    for (std::size_t d = 0; d < plan_.space.dimensions.size(); ++d) {
      const Dimension& dimension = plan_.space.dimensions[d];
      text += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td class=dim>{}</td><td>{}</td></tr>\n",
                          dimension.row->name, escaped(dimension.text(result_.best.options)),
                          escaped(dimension.text(result_.given.options)), escaped(dimension.describe()),
                          importance_[d] > 0 ? fmt::format("{:.0f} %", 100 * importance_[d]) : "");
    }
    text += fmt::format("<tr><td>epochs</td><td>{}</td><td>{}</td><td class=dim>{}</td><td></td></tr></table>\n",
                        result_.best.options.epochs, result_.given.options.epochs, fmt::join(plan_.rungs, ", "));
    return text;
  }

  std::size_t sets() const {
    std::uint32_t most = 0;
    for (const Trial* const trial : trials_) most = std::max(most, trial->number);
    return most;
  }

  std::string key() const {
    return "<p class=dim style=\"max-width:none\"><span class=key style=\"background:var(--best)\"></span>the "
           "best<span class=key "
           "style=\"background:var(--ink)\"></span>the given options, dashed<span class=key "
           "style=\"background:var(--bar)\"></span>other trials: bluer if better, fainter with fewer epochs</p>\n";
  }

  std::vector<ChartAxis> axes() const {
    std::vector<ChartAxis> axes;
    for (const Dimension& dimension : plan_.space.dimensions) {
      axes.push_back({std::string(dimension.row->name),
                      [&dimension](const Trial& trial) { return dimension.unit_of(trial.options); },
                      ticks_of(dimension)});
    }
    ChartAxis epochs{"epochs", {}, {}};
    const double least = std::log(std::min(plan_.rungs.front(), result_.given.options.epochs));
    const double most = std::max(std::log(std::max(plan_.rungs.back(), result_.given.options.epochs)), least + 1e-9);
    epochs.unit = [least, most](const Trial& trial) {
      return (std::log(trial.options.epochs) - least) / (most - least);
    };
    for (const std::uint32_t rung : plan_.rungs) {
      epochs.ticks.emplace_back((std::log(rung) - least) / (most - least), fmt::format("{}", rung));
    }
    axes.push_back(std::move(epochs));
    axes.push_back({"NDCG@10", [this](const Trial& trial) { return height_of(trial); }, score_ticks()});
    return axes;
  }

  std::vector<std::pair<double, std::string>> score_ticks() const {
    std::vector<std::pair<double, std::string>> ticks;
    for (const double tick : even_ticks(least_, most_)) {
      ticks.emplace_back((tick - least_) / (most_ - least_), fmt::format("{:.4g}", tick));
    }
    return ticks;
  }

  std::string coordinates() const {
    constexpr double kLeft = 60;
    constexpr double kGap = 150;
    constexpr double kTop = 30;
    constexpr double kHeight = 320;
    const std::vector<ChartAxis> all = axes();
    const auto x = [](std::size_t axis) { return kLeft + kGap * static_cast<double>(axis); };
    const auto y = [](double unit) { return kTop + kHeight * (1 - std::clamp(unit, 0.0, 1.0)); };
    std::string out = fmt::format(
        "<div class=wide><svg class=search width={} height={} role=img aria-label=\"Parallel coordinates of all "
        "trials\">\n",
        x(all.size() - 1) + 70, kTop + kHeight + 20);
    for (std::size_t i = 0; i < all.size(); ++i) {
      out += fmt::format(
          "<text x={0} y=14 text-anchor=middle>{1}</text><line class=axis x1={0} x2={0} y1={2} y2={3}></line>\n", x(i),
          escaped(all[i].title), kTop, kTop + kHeight);
    }
    for (const Trial* const trial : in_front()) {
      std::string path;
      for (std::size_t i = 0; i < all.size(); ++i) {
        path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x(i), y(all[i].unit(*trial)));
      }
      out += fmt::format("<path{} d=\"{}\" style=\"{}\">{}</path>\n", class_of(*trial), path,
                         class_of(*trial).empty()
                             ? fmt::format("stroke:{};opacity:{:.2f}", colour_of(*trial), opacity_of(*trial))
                             : "",
                         title_of(*trial));
    }
    // Drawn over the lines so that they stay readable.
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (const auto& [unit, label] : all[i].ticks) {
        out += fmt::format(
            "<text class=tick x={} y={:.1f} text-anchor=end style=\"paint-order:stroke;stroke:var(--paper);"
            "stroke-width:3px\">{}</text>\n",
            x(i) - 5, y(unit) + 4, escaped(label));
      }
    }
    return out + "</svg></div>\n";
  }

  // The given options and the best last, so that they are on top.
  std::vector<const Trial*> in_front() const {
    std::vector<const Trial*> order = trials_;
    std::ranges::stable_sort(order, {}, [&](const Trial* trial) {
      return is_best(*trial) ? 2 : trial->is_given() ? 1 : 0;
    });
    return order;
  }

  std::string scatter(std::size_t dimension_number) const {
    constexpr double kLeft = 48;
    constexpr double kWidth = 300;
    constexpr double kTop = 8;
    constexpr double kHeight = 190;
    constexpr double kMargin = 8;
    const Dimension& dimension = plan_.space.dimensions[dimension_number];
    const auto x = [](double unit) { return kLeft + kMargin + (kWidth - 2 * kMargin) * std::clamp(unit, 0.0, 1.0); };
    const auto y = [](double unit) { return kTop + kMargin + (kHeight - 2 * kMargin) * (1 - unit); };
    std::string out = fmt::format(
        "<figure style=\"margin:0\"><figcaption>{0} <span class=dim>{1}</span></figcaption><svg class=search width={2} "
        "height={3} role=img aria-label=\"NDCG@10 against {0}\">\n",
        dimension.row->name, dimension.scale == Scale::log ? "log" : "", kLeft + kWidth + 14, kTop + kHeight + 20);
    for (const auto& [unit, label] : score_ticks()) {
      out += fmt::format(
          "<line class=axis x1={} x2={} y1={:.1f} y2={:.1f}></line><text class=tick x={} y={:.1f} "
          "text-anchor=end>{}</text>\n",
          kLeft, kLeft + kWidth, y(unit), y(unit), kLeft - 5, y(unit) + 4, label);
    }
    for (const auto& [unit, label] : ticks_of(dimension)) {
      out += fmt::format("<text class=tick x={:.1f} y={} text-anchor=middle>{}</text>\n", x(unit), kTop + kHeight + 14,
                         escaped(label));
    }
    for (const Trial* const trial : in_front()) {
      out += fmt::format(
          "<circle{} cx={:.1f} cy={:.1f} r={}{}>{}</circle>\n", class_of(*trial), x(dimension.unit_of(trial->options)),
          y(height_of(*trial)), is_best(*trial) ? 6 : 4,
          class_of(*trial).empty() ? fmt::format(" style=\"fill:var(--bar);opacity:{:.2f}\"", opacity_of(*trial)) : "",
          title_of(*trial));
    }
    return out + "</svg></figure>\n";
  }

  std::string table() const {
    std::string out =
        "<div class=wide><table><tr><th>trial</th><th>NDCG@10</th><th>at all positions</th><th>HR@10</th>"
        "<th>method</th><th>epochs</th>";
    for (const Dimension& dimension : plan_.space.dimensions) out += fmt::format("<th>{}</th>", dimension.row->name);
    out += "<th>seconds</th></tr>\n";
    std::size_t shown = 0;
    for (std::size_t i = trials_.size(); i-- > 0;) {
      const Trial& trial = *trials_[i];
      if (shown >= kShownTrials && !trial.is_given()) continue;
      ++shown;
      out +=
          fmt::format("<tr{}><td>{}</td><td>{:.4f}</td><td>{}</td><td>{:.4f}</td><td>{}</td><td>{}</td>",
                      is_best(trial) ? " class=best" : "", trial.is_given() ? "given" : fmt::format("{}", trial.number),
                      trial.sample.ndcg, trial.all ? fmt::format("{:.4f}", trial.all->ndcg) : "", trial.sample.hit_rate,
                      method_name_of(trial.sample.query), trial.options.epochs);
      for (const Dimension& dimension : plan_.space.dimensions) {
        out += fmt::format("<td>{}</td>", escaped(dimension.text(trial.options)));
      }
      out += fmt::format("<td>{:.1f}</td></tr>\n", trial.seconds);
    }
    return out + "</table></div>\n";
  }

  const SearchPlan& plan_;
  const BestOptions& result_;
  const json::object& about_;
  std::vector<const Trial*> trials_;  // with a score, the best last
  std::size_t failures_ = 0;
  double least_ = 0;
  double most_ = 1;
  std::vector<double> importance_;
};

}  // namespace

std::string search_page(const SearchPlan& plan, std::span<const Trial> trials, const BestOptions& result,
                        const json::object& about) {
  return Page(plan, trials, result, about).text();
}

}  // namespace segue::evaluate
