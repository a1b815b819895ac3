// What another model makes of one: songs placed in it, and a later one compared with it.
#include <optional>
#include <string>
#include <utility>

#include <nanobind/stl/string.h>

#include "segue/base/error.h"
#include "segue/data/dataset/dataset.h"
#include "segue/data/log/times.h"
#include "segue/evaluate/two_models.h"
#include "segue/pipeline/compare_models.h"
#include "segue/pipeline/gather_new_songs.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/errors.h"
#include "app/python/bindings/jobs.h"
#include "app/python/bindings/json_value.h"
#include "app/python/bindings/keywords.h"
#include "app/python/bindings/model.h"
#include "app/python/bindings/watch.h"

namespace segue::python {

namespace {

// Written to `output`. A document as that of `segue place --json`.
nb::dict place(const OpenModel& model, const std::string& output, const std::string& dataset, const nb::dict& given,
               const nb::object& show) {
  Keywords keywords(given);
  auto job = job_of<PlaceJob>(keywords);
  job.options.output = output;
  job.options.dataset = dataset;
  return nb::cast<nb::dict>(to_python(to_json(watched(show, [&](Progress& progress, const std::stop_token& stop) {
    return pipeline::place_songs_of(model.path(), job.options, progress, stop);
  }))));
}

// A document as that of `segue compare --json`, and a list of the songs with their cosines.
nb::dict compare(const OpenModel& old_model, const OpenModel& new_model, const std::string& dataset,
                 const std::string& judge_after, const nb::dict& given, const nb::object& show) {
  Keywords keywords(given);
  auto job = job_of<CompareJob>(keywords);
  job.options.dataset = dataset;
  std::optional<std::int64_t> after;
  if (!judge_after.empty()) {
    after = data::date_option("judge_after", judge_after);
    if (dataset.empty()) fail(ErrorCode::wrong_use, "judge_after: expected a dataset with it");
  }
  const auto found = watched(show, [&](Progress& progress, const std::stop_token& stop) {
    std::pair<pipeline::ModelComparison, std::optional<evaluate::TwoModels>> both;
    both.first = pipeline::compare_models(*old_model.model(), *new_model.model(), job.options, progress, stop);
    if (after) {
      both.second =
          evaluate::judge_two_models(*old_model.model(), *new_model.model(), data::open_dataset(job.options.dataset),
                                     {.after = *after,
                                      .k = job.options.k,
                                      .sample = job.options.sample,
                                      .threads = job.options.threads,
                                      .seed = job.options.seed},
                                     progress, stop);
    }
    return both;
  });
  nb::dict made;
  made["comparison"] = to_python(to_json(found.first));
  made["judged"] = found.second ? to_python(to_json(*found.second)) : nb::none();
  nb::dict cosines;
  for (const pipeline::SongDrift& song : found.first.songs) cosines[text_of(song.id)] = song.cosine;
  made["cosines"] = cosines;
  return made;
}

}  // namespace

void bind_other_models(nb::module_& m) {
  m.def("place", &place, nb::arg("model"), nb::arg("output"), nb::arg("dataset"), nb::arg("options"),
        nb::arg("show").none());
  m.def("compare", &compare, nb::arg("old"), nb::arg("new"), nb::arg("dataset"), nb::arg("judge_after"),
        nb::arg("options"), nb::arg("show").none());
}

}  // namespace segue::python
