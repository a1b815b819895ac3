#include "segue/evaluate/report/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/field_documents.h"
#include "segue/base/page.h"

namespace segue::evaluate {

namespace {

AtCutoffsReply at_cutoffs(const ByCutoff& values) {
  static_assert(kCutoffs == std::array<std::uint32_t, 3>{10, 20, 100}, "AtCutoffsReply names them");
  return {values[0], values[1], values[2]};
}

std::optional<std::vector<double>> ends_of(const std::optional<Interval>& interval) {
  if (!interval) return std::nullopt;
  return std::vector{interval->low, interval->high};
}

template <std::size_t kCount>
SlicesReply slices_of(const std::array<SliceScore, kCount>& scores) {
  SlicesReply slices;
  for (const SliceScore& score : scores) {
    slices.hit_rate.push_back(score.hit_rate);
    slices.ndcg.push_back(score.ndcg);
  }
  return slices;
}

ListStatisticsReply lists_of(const ListStatistics& lists) {
  return {.coverage = at_cutoffs(lists.coverage),
          .gini = lists.gini,
          .popularity_rank = lists.popularity_rank,
          .self_information = lists.self_information,
          .artist_repeats = lists.artist_repeats,
          .hubness = lists.hubness,
          .mean_length = lists.mean_length,
          .diversity = lists.diversity};
}

std::optional<json::object> settings_in(const MethodScore& method, Mode mode) {
  const auto mine = std::ranges::find(method.settings, task_of(mode), &ChosenSettings::task);
  if (mine == method.settings.end()) return std::nullopt;
  json::object settings;
  for (const NamedValue& one : mine->values) settings[one.name] = one.value;
  return settings;
}

MethodReply method_reply(const MethodScore& method, const ModeScore& score, Mode mode) {
  return {.name = method.name,
          .summary = method.summary,
          .baseline = method.baseline,
          .fit_seconds = method.fit_seconds,
          .rank_seconds = method.rank_seconds,
          .settings = settings_in(method, mode),
          .hit_rate = at_cutoffs(score.accuracy.hit_rate),
          .ndcg = at_cutoffs(score.accuracy.ndcg),
          .mrr = at_cutoffs(score.accuracy.mrr),
          .recall = at_cutoffs(score.accuracy.recall),
          .hit_rate_interval = ends_of(score.hit_rate),
          .ndcg_interval = ends_of(score.ndcg),
          .hit_rate_gain = score.hit_rate_gain,
          .hit_rate_gain_interval = ends_of(score.hit_rate_gain_interval),
          .ndcg_gain = score.ndcg_gain,
          .ndcg_gain_interval = ends_of(score.ndcg_gain_interval),
          .lists = lists_of(score.lists),
          .by_popularity = slices_of(score.by_popularity),
          .by_history = slices_of(score.by_history)};
}

ModeReply mode_reply(const Evaluation& evaluation, std::size_t mode) {
  const ModeSummary& summary = evaluation.modes[mode];
  ModeReply reply{.positions = summary.positions,
                  .unknown = summary.unknown,
                  .reference = evaluation.methods[evaluation.references[mode]].name,
                  .by_popularity = {summary.by_popularity.begin(), summary.by_popularity.end()},
                  .by_history = {summary.by_history.begin(), summary.by_history.end()}};
  for (const MethodScore& method : evaluation.methods) {
    reply.models.push_back(method_reply(method, method.modes[mode], summary.mode));
  }
  return reply;
}

std::optional<ModeReply>& of_mode(ModesReply& modes, Mode mode) {
  switch (mode) {
    case Mode::discovery:
      return modes.discovery;
    case Mode::repeat:
      return modes.repeat;
    case Mode::next:
      return modes.next;
    case Mode::any:
      break;
  }
  return modes.any;
}

std::vector<ExampleReply> examples_in(const std::vector<ExamplePrediction>& predictions, const data::Catalogue& songs) {
  const auto names_of = [&](const std::vector<std::uint32_t>& rows) {
    std::vector<std::string> names;
    for (const std::uint32_t row : rows) names.push_back(songs.song(row).display());
    return names;
  };
  std::vector<ExampleReply> examples;
  for (const ExamplePrediction& one : predictions) {
    examples.push_back({names_of(one.heard), names_of(one.list), songs.song(one.target).display(), one.rank});
  }
  return examples;
}

// For browsers without scripts.
std::string plain_scores(std::string_view mode, const ModeReply& scores) {
  const std::vector<std::string> columns = {"method", "HR@10", "95 %", "NDCG@10", "95 %", "HR@100"};
  const auto interval = [](const std::optional<std::vector<double>>& ends) {
    return ends ? fmt::format("{:.4f} to {:.4f}", ends->front(), ends->back()) : "";
  };
  std::vector<std::vector<std::string>> rows;
  for (const MethodReply& method : scores.models) {
    rows.push_back({method.name, fmt::format("{:.4f}", method.hit_rate.at_10), interval(method.hit_rate_interval),
                    fmt::format("{:.4f}", method.ndcg.at_10), interval(method.ndcg_interval),
                    fmt::format("{:.4f}", method.hit_rate.at_100)});
  }
  return html_table(fmt::format("{}, {} positions", mode, scores.positions), columns, rows);
}

}  // namespace

EvaluationRunReply reply_of(const Evaluation& evaluation) {
  EvaluationRunReply reply{.seed = evaluation.seed,
                           .split = evaluation.split,
                           .training_queues = evaluation.training_queues,
                           .training_plays = evaluation.training_plays,
                           .songs = evaluation.songs,
                           .held_out_queues = evaluation.held_out_queues,
                           .units = evaluation.units,
                           .skipped = evaluation.skipped};
  for (std::size_t mode = 0; mode < evaluation.modes.size(); ++mode) {
    of_mode(reply.modes, evaluation.modes[mode].mode) = mode_reply(evaluation, mode);
  }
  return reply;
}

json::object to_json(const Evaluation& evaluation) {
  return document_of(reply_of(evaluation));
}

ExamplesReply examples_of(const Evaluation& evaluation, const data::Catalogue& songs) {
  return {evaluation.example_method, examples_in(evaluation.good, songs), examples_in(evaluation.bad, songs)};
}

std::string evaluation_page(std::string_view page_template, const EvaluationReply& report) {
  SEGUE_ASSERT(!report.runs.empty());
  ModesReply modes = report.runs.front().modes;
  std::string plain;
  for (const Mode mode : kAllModes) {
    const std::optional<ModeReply>& scores = of_mode(modes, mode);
    if (scores) plain += plain_scores(kModeNames[static_cast<std::size_t>(mode)], *scores);
  }
  return filled_page(page_template, {"Evaluation of " + report.dataset, json_text(report), std::move(plain)});
}

}  // namespace segue::evaluate
