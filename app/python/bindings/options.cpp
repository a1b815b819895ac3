// What options the functions of the package take, for their documentation.
#include <string>
#include <string_view>

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

nb::list options(const std::string& job) {
  if (job == "ingest") return options_of<IngestJob>();
  if (job == "train") return options_of<TrainJob>();
  fail(ErrorCode::wrong_use, "expected a job with options, found {}", job);
}

}  // namespace

void bind_options(nb::module_& m) {
  m.def("options", &options, nb::arg("job"));
}

}  // namespace segue::python
