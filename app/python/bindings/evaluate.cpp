// Evaluation, as `segue evaluate` does it, and of functions of Python.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <nanobind/stl/string.h>

#include "segue/base/options_json.h"
#include "segue/evaluate/evaluation_run.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/report/report.h"

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

struct NamedFunction {
  std::string name;
  nb::object function;
};

std::vector<NamedFunction> functions_of(const nb::dict& given) {
  std::vector<NamedFunction> functions;
  const evaluate::Methods all = evaluate::make_methods("all");
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

evaluate::Methods methods_of(const std::vector<NamedFunction>& functions, const data::Dataset& dataset,
                             const evaluate::Split& split) {
  const nb::gil_scoped_acquire acquire;
  evaluate::Methods methods;
  for (const NamedFunction& one : functions) {
    methods.push_back(callable_method(one.name, one.function, dataset, split));
  }
  return methods;
}

json::object document_of(const evaluate::EvaluationRuns& result, const EvaluateJob& job) {
  json::object document{{"split_options", options_to_json(job.split)},
                        {"options", options_to_json(job.options)},
                        {"train_options", options_to_json(job.train)}};
  json::array& runs = document["runs"].emplace_array();
  for (const evaluate::Evaluation& run : result.runs) runs.push_back(to_json(run));
  if (!result.untuned_because.empty()) document["untuned_because"] = result.untuned_because;
  if (result.fitted && !result.fitted->unfitted.empty()) document["unfitted_because"] = result.fitted->unfitted;
  return document;
}

nb::dict evaluate_dataset(const OpenDataset& dataset, const nb::dict& methods, const nb::dict& given,
                          const nb::object& show) {
  const std::vector<NamedFunction> functions = functions_of(methods);
  Keywords keywords(given);
  auto job = job_of<EvaluateJob>(keywords);
  evaluate::make_methods(job.options.baselines);  // an unknown name fails now
  return nb::cast<nb::dict>(to_python(watched(show, [&](Progress& progress, const std::stop_token& stop) {
    const evaluate::EvaluationRuns result = evaluate::run_evaluation(
        dataset.dataset, job, {keywords.given_of(&job.train), keywords.has_given(&job.blend)},
        [&](const evaluate::Split& split) { return methods_of(functions, dataset.dataset, split); }, nullptr, progress,
        stop, [](std::string_view) {});
    return document_of(result, job);
  })));
}

}  // namespace

void bind_evaluate(nb::module_& m) {
  m.def("evaluate", &evaluate_dataset, nb::arg("dataset"), nb::arg("methods"), nb::arg("options"),
        nb::arg("show").none());
}

}  // namespace segue::python
