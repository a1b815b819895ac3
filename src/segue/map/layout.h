// Where songs lie on the map.
#pragma once

#include <vector>

namespace segue {

struct Point {
  float x = 0;
  float y = 0;

  bool operator==(const Point&) const = default;
};

using Layout = std::vector<Point>;  // row i is song i

}  // namespace segue
