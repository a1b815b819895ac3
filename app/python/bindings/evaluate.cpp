// Evaluation, as `segue evaluate` does it, and of functions of Python.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <nanobind/stl/string.h>

#include "segue/base/options_json.h"
#include "segue/evaluate/auto_fit.h"
#include "segue/evaluate/evaluation.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/report/report.h"
#include "segue/evaluate/tune_baselines.h"
#include "segue/train/preset.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/callable_method.h"
#include "app/python/bindings/dataset.h"
#include "app/python/bindings/errors.h"
#include "app/python/bindings/jobs.h"
#include "app/python/bindings/json_value.h"
#include "app/python/bindings/keywords.h"
#include "app/python/bindings/watch.h"

namespace segue::python {

namespace {

using Methods = std::vector<std::unique_ptr<evaluate::Method>>;

struct NamedFunction {
  std::string name;
  nb::object function;
};

std::vector<NamedFunction> functions_of(const nb::dict& given) {
  std::vector<NamedFunction> functions;
  const Methods all = evaluate::make_methods("all");
  for (const auto& [key, function] : given) {
    auto name = nb::cast<std::string>(key);
    const bool taken = std::ranges::any_of(all, [&](const auto& method) { return method->name() == name; });
    if (name.empty() || taken) {
      fail(ErrorCode::wrong_use, "methods: expected a name that no method of Segue has, found \"{}\"", name);
    }
    if (PyCallable_Check(function.ptr()) == 0) {
      fail(ErrorCode::wrong_use, "methods[\"{}\"]: expected a function, found {}", name,
           nb::cast<std::string>(nb::repr(function)));
    }
    functions.push_back({std::move(name), nb::borrow(function)});
  }
  return functions;
}

// One evaluation of a dataset, seed after seed.
class Run {
 public:
  Run(const data::Dataset& dataset, EvaluateJob& job, const Keywords& keywords,
      const std::vector<NamedFunction>& functions, Progress& progress, const std::stop_token& stop)
      : dataset_(dataset), job_(job), keywords_(keywords), functions_(functions), progress_(progress), stop_(stop) {
    train::apply_preset(job_.train, job_.preset, dataset_, keywords_.given_of(&job_.train));
  }

  json::object document() {
    json::object document{{"split_options", options_to_json(job_.split)},
                          {"options", options_to_json(job_.options)},
                          {"train_options", options_to_json(job_.train)}};
    json::array runs;
    for (std::uint32_t i = 0; i < job_.options.seeds; ++i) {
      train::TrainOptions train = job_.train;
      train.seed += i;
      runs.push_back(to_json(run(train)));
    }
    document["runs"] = std::move(runs);
    if (!untuned_because_.empty()) document["untuned_because"] = untuned_because_;
    if (!unfitted_.empty()) document["unfitted_because"] = unfitted_;
    return document;
  }

 private:
  evaluate::Evaluation run(const train::TrainOptions& train) {
    const evaluate::Split split = evaluate::make_split(dataset_, job_.split, train::least_plays(train), train.seed);
    Methods methods = evaluate::make_methods(job_.options.baselines,
                                             {.vector_metric = job_.options.vector_metric, .blend = blend_for(train)});
    tune(methods, train);
    for (const NamedFunction& one : functions_) methods.push_back(method_of(one, split));
    return evaluate::evaluate(dataset_, split, std::move(methods), job_.options, train, progress_, stop_);
  }

  std::unique_ptr<evaluate::Method> method_of(const NamedFunction& one, const evaluate::Split& split) const {
    const nb::gil_scoped_acquire acquire;
    return callable_method(one.name, one.function, dataset_, split);
  }

  bool measures_blend() const {
    return std::ranges::any_of(evaluate::make_methods(job_.options.baselines),
                               [](const auto& method) { return method->name().starts_with("blend"); });
  }

  // As `segue train` fits it, on the validation part, of which the test part has nothing.
  model::Blend blend_for(const train::TrainOptions& train) {
    if (!measures_blend() || job_.fit.fit_blend == evaluate::FitBlend::off ||
        job_.split.part != evaluate::SplitPart::test) {
      return {job_.blend, job_.blend};
    }
    evaluate::SplitOptions split = job_.split;
    split.part = evaluate::SplitPart::validation;
    split.max_positions = 0;
    evaluate::FittedBlend fitted = evaluate::fit_blend_to(dataset_,
                                                          {.split = split,
                                                           .heard = job_.options.heard,
                                                           .start = job_.blend,
                                                           .keep_discover = keywords_.has_given(&job_.blend),
                                                           .train = train},
                                                          progress_, stop_);
    unfitted_ = fitted.unfitted;
    return fitted.blend;
  }

  void tune(const Methods& methods, const train::TrainOptions& train) {
    if (job_.options.tune_baselines == evaluate::TuneBaselines::off ||
        job_.split.part == evaluate::SplitPart::validation) {
      return;
    }
    try {
      evaluate::apply_settings(
          evaluate::tune_baselines(dataset_, job_.split, evaluate::make_methods(job_.options.baselines),
                                   job_.options.heard, train, progress_, stop_),
          methods);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::bad_input) throw;
      untuned_because_ = error.what();
    }
  }

  const data::Dataset& dataset_;
  EvaluateJob& job_;
  const Keywords& keywords_;
  const std::vector<NamedFunction>& functions_;
  Progress& progress_;
  const std::stop_token& stop_;
  std::string untuned_because_;
  std::string unfitted_;
};

nb::dict evaluate_dataset(const OpenDataset& dataset, const nb::dict& methods, const nb::dict& given,
                          const nb::object& show) {
  const std::vector<NamedFunction> functions = functions_of(methods);
  Keywords keywords(given);
  auto job = job_of<EvaluateJob>(keywords);
  evaluate::make_methods(job.options.baselines);  // an unknown name fails now
  return nb::cast<nb::dict>(to_python(watched(show, [&](Progress& progress, const std::stop_token& stop) {
    return Run(dataset.dataset, job, keywords, functions, progress, stop).document();
  })));
}

}  // namespace

void bind_evaluate(nb::module_& m) {
  m.def("evaluate", &evaluate_dataset, nb::arg("dataset"), nb::arg("methods"), nb::arg("options"),
        nb::arg("show").none());
}

}  // namespace segue::python
