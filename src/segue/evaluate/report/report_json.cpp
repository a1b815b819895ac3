#include <algorithm>

#include "segue/evaluate/report/report.h"

namespace segue::evaluate {

namespace {

json::object by_cutoff(const ByCutoff& values) {
  json::object object;
  for (std::size_t i = 0; i < kCutoffs.size(); ++i) object[std::to_string(kCutoffs[i])] = values[i];
  return object;
}

void put(json::object& object, std::string_view key, const std::optional<Interval>& interval) {
  if (interval) object[key] = json::array{interval->low, interval->high};
}

template <std::size_t kCount>
json::array counts(const std::array<std::uint64_t, kCount>& values) {
  return json::array(values.begin(), values.end());
}

template <std::size_t kCount>
json::object slices(const std::array<SliceScore, kCount>& scores) {
  json::array hit_rates;
  json::array ndcgs;
  for (const SliceScore& score : scores) {
    hit_rates.emplace_back(score.hit_rate);
    ndcgs.emplace_back(score.ndcg);
  }
  return {{"hit_rate", std::move(hit_rates)}, {"ndcg", std::move(ndcgs)}};
}

json::object lists_json(const ListStatistics& lists) {
  json::object object{{"coverage", by_cutoff(lists.coverage)},    {"gini", lists.gini},
                      {"popularity_rank", lists.popularity_rank}, {"self_information", lists.self_information},
                      {"artist_repeats", lists.artist_repeats},   {"hubness", lists.hubness},
                      {"mean_length", lists.mean_length}};
  if (lists.diversity) object["diversity"] = *lists.diversity;
  return object;
}

json::object score_json(const ModeScore& score) {
  json::object object{{"hit_rate", by_cutoff(score.accuracy.hit_rate)},
                      {"ndcg", by_cutoff(score.accuracy.ndcg)},
                      {"mrr", by_cutoff(score.accuracy.mrr)},
                      {"recall", by_cutoff(score.accuracy.recall)}};
  put(object, "hit_rate_interval", score.hit_rate);
  put(object, "ndcg_interval", score.ndcg);
  object["hit_rate_gain"] = score.hit_rate_gain;
  put(object, "hit_rate_gain_interval", score.hit_rate_gain_interval);
  object["ndcg_gain"] = score.ndcg_gain;
  put(object, "ndcg_gain_interval", score.ndcg_gain_interval);
  object["lists"] = lists_json(score.lists);
  object["by_popularity"] = slices(score.by_popularity);
  object["by_history"] = slices(score.by_history);
  return object;
}

void put_settings(json::object& row, const MethodScore& method, Mode mode) {
  const auto mine = std::ranges::find(method.settings, task_of(mode), &ChosenSettings::task);
  if (mine == method.settings.end()) return;
  json::object& settings = row["settings"].emplace_object();
  for (const NamedValue& one : mine->values) settings[one.name] = one.value;
}

}  // namespace

json::object to_json(const Evaluation& evaluation) {
  json::object document{{"seed", evaluation.seed},
                        {"split", choice_name(evaluation.split)},
                        {"training_queues", evaluation.training_queues},
                        {"training_plays", evaluation.training_plays},
                        {"songs", evaluation.songs},
                        {"held_out_queues", evaluation.held_out_queues},
                        {"units", evaluation.units},
                        {"skipped", json::array(evaluation.skipped.begin(), evaluation.skipped.end())}};
  json::object& modes = document["modes"].emplace_object();
  for (std::size_t mode = 0; mode < evaluation.modes.size(); ++mode) {
    const ModeSummary& summary = evaluation.modes[mode];
    json::array methods;
    for (const MethodScore& method : evaluation.methods) {
      json::object row{{"name", method.name},
                       {"summary", method.summary},
                       {"baseline", method.baseline},
                       {"fit_seconds", method.fit_seconds},
                       {"rank_seconds", method.rank_seconds}};
      put_settings(row, method, summary.mode);
      for (auto& [key, value] : score_json(method.modes[mode])) row[key] = value;
      methods.push_back(std::move(row));
    }
    modes[kModeNames[static_cast<std::size_t>(summary.mode)]] =
        json::object{{"positions", summary.positions},
                     {"unknown", summary.unknown},
                     {"reference", evaluation.methods[evaluation.references[mode]].name},
                     {"by_popularity", counts(summary.by_popularity)},
                     {"by_history", counts(summary.by_history)},
                     {"models", std::move(methods)}};
  }
  return document;
}

}  // namespace segue::evaluate
