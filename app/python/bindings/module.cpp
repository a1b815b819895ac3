// segue._core
#include "segue/base/version.h"

#include "app/python/bindings/bindings.h"

NB_MODULE(_core, m) {
  using namespace segue::python;
  m.doc() = "The C++ library behind the package segue. Use that: names here may change.";
  m.attr("version") = nb::str(segue::kVersion.data(), segue::kVersion.size());
  bind_errors(m);
  bind_options(m);
  bind_replies(m);
  bind_tables(m);
  bind_dataset(m);
  bind_model(m);
  bind_lists(m);
  bind_many_lists(m);
  bind_map(m);
  bind_other_models(m);
  bind_evaluate(m);
  bind_tune(m);
  bind_parts(m);
}
