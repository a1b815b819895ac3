// The parts of segue._core, each in a file of its own. What users see is app/python/segue; nothing here is public.
#pragma once

#include <nanobind/nanobind.h>

namespace segue::python {

namespace nb = nanobind;

void bind_errors(nb::module_& m);
void bind_options(nb::module_& m);
void bind_replies(nb::module_& m);
void bind_tables(nb::module_& m);
void bind_dataset(nb::module_& m);
void bind_model(nb::module_& m);
void bind_lists(nb::module_& m);
void bind_many_lists(nb::module_& m);
void bind_map(nb::module_& m);
void bind_other_models(nb::module_& m);
void bind_evaluate(nb::module_& m);
void bind_tune(nb::module_& m);
void bind_parts(nb::module_& m);

}  // namespace segue::python
