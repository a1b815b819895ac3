// The search for training options, as `segue tune` does it.
#include <string>
#include <vector>

#include <nanobind/stl/string.h>

#include "segue/base/options_json.h"
#include "segue/evaluate/tuning/search.h"
#include "segue/train/preset.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/dataset.h"
#include "app/python/bindings/jobs.h"
#include "app/python/bindings/json_value.h"
#include "app/python/bindings/keywords.h"
#include "app/python/bindings/watch.h"

namespace segue::python {

namespace {

class SilentSearch final : public evaluate::SearchObserver {
 public:
  void started(const evaluate::Trial&, std::span<const evaluate::Trial>) override {}
  void finished(std::span<const evaluate::Trial>) override {}
};

// Options that were given are not searched.
std::vector<std::string_view> fixed_options(const TuneJob& job, const Keywords& keywords) {
  const auto is_given = keywords.given_of(&job.train);
  std::vector<std::string_view> names;
  for (const OptionRow& row : rows_of<train::TrainOptions>()) {
    if (is_given(row.name) && evaluate::is_searchable(row.name)) names.push_back(row.name);
  }
  return names;
}

json::object tuned(const data::Dataset& dataset, TuneJob& job, const Keywords& keywords,
                   const std::string& journal_path, Progress& progress, const std::stop_token& stop) {
  const std::vector<std::string_view> fixed = fixed_options(job, keywords);
  train::apply_preset(job.train, job.preset, dataset, keywords.given_of(&job.train));
  job.split.part = evaluate::SplitPart::validation;
  const evaluate::Split split = evaluate::make_split(dataset, job.split, train::least_plays(job.train), job.train.seed);
  evaluate::SearchPlan plan{.space = evaluate::make_space(job.options.space, fixed, job.train,
                                                          evaluate::whole_queue_length(split.training.queues)),
                            .rungs = {},
                            .options = job.options,
                            .seed = job.train.seed};
  plan.rungs = evaluate::rungs_of(plan.space.least_epochs, plan.space.most_epochs, job.options.reduction);
  const evaluate::TrialRunner runner(dataset, split, job.evaluate, job.options, job.train.seed);
  evaluate::Journal journal(journal_path, evaluate::about_search(dataset, split, job.split, job.evaluate, plan),
                            plan.space);
  SilentSearch observer;
  evaluate::search(plan, runner, journal, observer, progress, stop);
  const std::vector<evaluate::Trial>& trials = journal.trials();
  if (trials.empty()) fail(ErrorCode::interrupted, "stopped before the first trial finished");
  const evaluate::Trial& best = *evaluate::best_of(trials);
  json::object options = options_to_json(best.options);
  options.stable_erase("threads");
  json::object document{{"positions", runner.positions()},
                        {"best", to_json(best, plan.space)},
                        {"given", to_json(trials.front(), plan.space)},
                        {"options", std::move(options)}};
  json::array& list = document["trials"].emplace_array();
  for (const evaluate::Trial& trial : trials) list.push_back(to_json(trial, plan.space));
  return document;
}

nb::dict tune(const OpenDataset& dataset, const std::string& journal, const nb::dict& given, const nb::object& show) {
  Keywords keywords(given);
  auto job = job_of<TuneJob>(keywords);
  if (job.options.trials == 0 && job.options.time.count() == 0) {
    fail(ErrorCode::wrong_use, "trials 0, time 0s: expected a limit to one of them, found none");
  }
  evaluate::make_space(job.options.space, fixed_options(job, keywords), job.train, 2);  // a wrong space fails now
  return nb::cast<nb::dict>(to_python(watched(show, [&](Progress& progress, const std::stop_token& stop) {
    return tuned(dataset.dataset, job, keywords, journal, progress, stop);
  })));
}

}  // namespace

void bind_tune(nb::module_& m) {
  m.def("tune", &tune, nb::arg("dataset"), nb::arg("journal"), nb::arg("options"), nb::arg("show").none());
}

}  // namespace segue::python
