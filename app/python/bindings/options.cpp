// What options the functions of the package take, for their documentation.
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <nanobind/stl/string.h>

#include "segue/base/error.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/jobs.h"
#include "app/python/bindings/keywords.h"

namespace segue::python {

namespace {

template <class Job>
nb::list options_of() {
  Job job;
  OptionList list;
  job.read(list);
  return list.list();
}

constexpr std::array<std::pair<std::string_view, nb::list (*)()>, 11> kJobs = {{
    {"ingest", &options_of<IngestJob>},
    {"train", &options_of<TrainJob>},
    {"similar", &options_of<SimilarJob>},
    {"recommend", &options_of<RecommendJob>},
    {"radio", &options_of<RadioJob>},
    {"journey", &options_of<JourneyJob>},
    {"map", &options_of<MapJob>},
    {"place", &options_of<PlaceJob>},
    {"compare", &options_of<CompareJob>},
    {"evaluate", &options_of<EvaluateJob>},
    {"tune", &options_of<TuneJob>},
}};

nb::list options(const std::string& job) {
  for (const auto& [name, list] : kJobs) {
    if (name == job) return list();
  }
  fail(ErrorCode::wrong_use, "expected a job with options, found {}", job);
}

}  // namespace

void bind_options(nb::module_& m) {
  m.def("options", &options, nb::arg("job"));
}

}  // namespace segue::python
