// Where songs lie on the map.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

namespace segue::layout {

struct Point {
  float x = 0;
  float y = 0;

  bool operator==(const Point&) const = default;
};

using Layout = std::vector<Point>;  // row i is song i

// The bounding box of some points; of none, the point (0, 0).
struct Bounds {
  Point least;
  Point most;
};
inline Bounds bounds_of(std::span<const Point> points) {
  if (points.empty()) return {};
  Bounds bounds{points.front(), points.front()};
  for (const Point& point : points) {
    bounds.least = {std::min(bounds.least.x, point.x), std::min(bounds.least.y, point.y)};
    bounds.most = {std::max(bounds.most.x, point.x), std::max(bounds.most.y, point.y)};
  }
  return bounds;
}

}  // namespace segue::layout
