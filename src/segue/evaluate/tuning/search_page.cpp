#include "segue/evaluate/tuning/search_page.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "segue/base/page.h"

namespace segue::evaluate {

namespace {

// The distance between ticks from 0 to `most`: 1, 2 or 5 times a power of ten, which gives four to eight ticks.
double tick_step(double most) {
  double step = std::pow(10, std::floor(std::log10(most / 4)));
  while (most / step > 8) step *= most / step > 20 ? 5 : 2;
  return step;
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

std::vector<AxisTickReply> ticks_of(const Dimension& dimension) {
  std::vector<AxisTickReply> ticks;
  for (std::size_t i = 0; i < dimension.values.size(); ++i) {
    ticks.push_back(
        {(static_cast<double>(i) + 0.5) / static_cast<double>(dimension.values.size()), dimension.values[i]});
  }
  if (dimension.is_choice()) return ticks;
  for (const double number : round_numbers(dimension)) {
    train::TrainOptions options;
    const double inside = std::clamp(number, dimension.low, dimension.high);
    const bool is_whole = dimension.row->kind == OptionKind::integer;
    if (is_whole && std::round(number) != number) continue;
    dimension.row->set(&options, *dimension.row, fmt::format("{:.12g}", inside));
    ticks.push_back({dimension.unit_of(options), fmt::format("{:.3g}", number)});
  }
  return ticks;
}

TrialScoreReply score_reply(const TrialScore& score) {
  return {score.ndcg, score.hit_rate, std::string(method_name_of(score.query))};
}

TrialReply trial_reply(const Trial& trial, const Space& space) {
  TrialReply reply{.number = trial.number,
                   .rung = trial.rung,
                   .epochs = trial.options.epochs,
                   .sample = score_reply(trial.sample),
                   .seconds = trial.seconds};
  for (const Dimension& dimension : space.dimensions) {
    reply.values.push_back(dimension.text(trial.options));
    reply.units.push_back(dimension.unit_of(trial.options));
  }
  if (trial.all) reply.all = score_reply(*trial.all);
  return reply;
}

// For browsers without scripts: the trials measured at all positions.
std::string plain_trials(const SearchReply& search) {
  std::vector<std::string> columns = {"trial", "NDCG@10", "HR@10", "method", "epochs"};
  for (const DimensionReply& dimension : search.dimensions) columns.push_back(dimension.name);
  std::vector<std::vector<std::string>> rows;
  for (const TrialReply& trial : search.trials) {
    if (!trial.all) continue;
    rows.push_back({trial.number == 0 ? "given" : fmt::format("{}", trial.number),
                    fmt::format("{:.4f}", trial.all->ndcg), fmt::format("{:.4f}", trial.all->hit_rate),
                    trial.all->method, fmt::format("{}", trial.epochs)});
    rows.back().insert(rows.back().end(), trial.values.begin(), trial.values.end());
  }
  return html_table(fmt::format("trials measured at all {} positions", search.positions), columns, rows);
}

}  // namespace

SearchReply search_reply(const SearchPlan& plan, std::span<const Trial> trials, const BestOptions& result,
                         const json::object& about) {
  SearchReply reply{.dataset = result.dataset,
                    .split = result.split,
                    .positions = result.positions,
                    .rungs = plan.rungs,
                    .about = about};
  const std::vector<double> importance = importance_of(plan.space, trials);
  for (std::size_t i = 0; i < plan.space.dimensions.size(); ++i) {
    const Dimension& dimension = plan.space.dimensions[i];
    reply.dimensions.push_back({.name = std::string(dimension.row->name),
                                .searched = dimension.describe(),
                                .log = dimension.scale == Scale::log,
                                .ticks = ticks_of(dimension),
                                .importance = importance[i]});
  }
  for (const Trial& trial : trials) {
    if (!trial.failure.empty()) {
      ++reply.failures;
      continue;
    }
    const auto index = static_cast<std::uint32_t>(reply.trials.size());
    if (trial.number == result.best.number && trial.rung == result.best.rung) reply.best = index;
    if (trial.is_given()) reply.given = index;
    reply.trials.push_back(trial_reply(trial, plan.space));
  }
  return reply;
}

std::string search_page(std::string_view page_template, const SearchPlan& plan, std::span<const Trial> trials,
                        const BestOptions& result, const json::object& about) {
  const SearchReply reply = search_reply(plan, trials, result, about);
  return filled_page(page_template, {"Search for " + result.dataset, json_text(reply), plain_trials(reply)});
}

}  // namespace segue::evaluate
