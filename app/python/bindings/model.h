// An open model as Python holds it.
#pragma once

#include <memory>
#include <string>

#include "segue/model/model.h"

namespace segue::python {

// Views of the model (its vectors as arrays) share it, so that it stays mapped as long as one of them lives.
struct OpenModel {
  std::string path;
  std::shared_ptr<model::Model> model;
};

}  // namespace segue::python
