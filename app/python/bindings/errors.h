// segue::Error as exceptions of Python.
#pragma once

#include <string_view>

#include <nanobind/nanobind.h>

namespace segue::python {

// A str; bytes that are no UTF-8 become U+FFFD, so that a message about damaged data can still be read.
nanobind::object text_of(std::string_view text);

}  // namespace segue::python
