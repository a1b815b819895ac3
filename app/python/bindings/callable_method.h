// A function of Python as a method of an evaluation.
#pragma once

#include <memory>
#include <string>

#include <nanobind/nanobind.h>

#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/method.h"

namespace segue::python {

// `function(history, k)` is given the ids of the songs before a position, the newest last, and gives ids, the likeliest
// first. Ids that the split's catalogue does not have are ignored, as are songs that must not be returned; for as many
// of those k is larger than what is measured. What the function raises leaves rank() as it is. The dataset and the
// split have to outlive the method. Its name is one that no other method has.
std::unique_ptr<evaluate::Method> callable_method(std::string name, nanobind::object function,
                                                  const data::Dataset& dataset, const evaluate::Split& split);

}  // namespace segue::python
