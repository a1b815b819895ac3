// JSON documents as values of Python: dicts, lists, texts, numbers.
#pragma once

#include <nanobind/nanobind.h>

#include "segue/base/json.h"

namespace segue::python {

nanobind::object to_python(const json::value& value);

}  // namespace segue::python
