// The clock of the benchmark programs.
#pragma once

#include <ctime>

namespace segue {

// Of all threads since the program began: other programs on the machine affect it less than the time of day.
inline double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace segue
