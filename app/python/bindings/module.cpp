// segue._core
#include "segue/base/version.h"

#include "app/python/bindings/bindings.h"

NB_MODULE(_core, m) {
  using namespace segue::python;
  m.doc() = "The C++ library behind the package segue. Use that: names here may change.";
  m.attr("__version__") = nb::str(segue::kVersion.data(), segue::kVersion.size());
  bind_errors(m);
  bind_options(m);
  bind_tables(m);
  bind_dataset(m);
  bind_model(m);
  bind_lists(m);
  bind_evaluate(m);
}
