// An open dataset as Python holds it.
#pragma once

#include <string>

#include "segue/data/dataset/dataset.h"

namespace segue::python {

struct OpenDataset {
  std::string path;
  data::Dataset dataset;
};

}  // namespace segue::python
