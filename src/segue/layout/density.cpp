#include "segue/layout/density.h"

#include <algorithm>
#include <cmath>

#include "segue/base/error.h"

namespace segue::layout {

namespace {

std::size_t clamped(float cells, std::size_t side) {
  const float most = static_cast<float>(side - 1);
  return static_cast<std::size_t>(std::clamp(std::floor(cells), 0.0F, most));
}

// Radii of three running means whose variances add up to sigma^2 as closely as whole numbers allow.
std::vector<std::size_t> radii_for(double sigma) {
  constexpr int kMeans = 3;
  const double ideal = std::sqrt(12 * sigma * sigma / kMeans + 1);
  auto lower = static_cast<std::size_t>(std::floor(ideal));
  if (lower % 2 == 0) --lower;
  const double width = static_cast<double>(lower);
  const double of_lower =
      (12 * sigma * sigma - kMeans * width * width - 4 * kMeans * width - 3 * kMeans) / (-4 * width - 4);
  std::vector<std::size_t> radii;
  for (int i = 0; i < kMeans; ++i) radii.push_back((i < std::lround(of_lower) ? lower : lower + 2) / 2);
  return radii;
}

// out[i] = mean of in[i - radius ... i + radius], zeros beyond the ends.
void running_mean(const float* in, float* out, std::size_t size, std::size_t radius) {
  const double factor = 1.0 / static_cast<double>(2 * radius + 1);
  double sum = 0;
  for (std::size_t i = 0; i < std::min(radius, size); ++i) sum += in[i];
  for (std::size_t i = 0; i < size; ++i) {
    if (i + radius < size) sum += in[i + radius];
    if (i > radius) sum -= in[i - radius - 1];
    // Rounding errors on an empty stretch must not become a hill.
    out[i] = static_cast<float>(std::max(sum * factor, 0.0));
  }
}

void smooth_rows(std::vector<float>& grid, std::size_t side, const std::vector<std::size_t>& radii) {
  std::vector<float> scratch(side);
  for (std::size_t row = 0; row < side; ++row) {
    float* line = grid.data() + row * side;
    for (const std::size_t radius : radii) {
      running_mean(line, scratch.data(), side, radius);
      std::ranges::copy(scratch, line);
    }
  }
}

void transpose(std::vector<float>& grid, std::size_t side) {
  constexpr std::size_t kBlock = 32;
  for (std::size_t top = 0; top < side; top += kBlock) {
    for (std::size_t left = top; left < side; left += kBlock) {
      for (std::size_t row = top; row < std::min(top + kBlock, side); ++row) {
        for (std::size_t column = std::max(left, row + 1); column < std::min(left + kBlock, side); ++column) {
          std::swap(grid[row * side + column], grid[column * side + row]);
        }
      }
    }
  }
}

}  // namespace

std::size_t GridFrame::cell_of(Point point) const {
  return clamped((point.y - origin.y) / cell, side) * side + clamped((point.x - origin.x) / cell, side);
}

Point GridFrame::centre_of(std::size_t cell_number) const {
  const std::size_t row = cell_number / side;
  const std::size_t column = cell_number % side;
  return {origin.x + cell * (static_cast<float>(column) + 0.5F), origin.y + cell * (static_cast<float>(row) + 0.5F)};
}

GridFrame frame_around(const Layout& layout, std::size_t side, float margin) {
  SEGUE_ASSERT(side > 0);
  const auto [least, most] = bounds_of(layout);
  float width = std::max(most.x - least.x, most.y - least.y);
  if (!(width > 0)) width = 1;
  width *= 1 + 2 * margin;
  const Point centre{(least.x + most.x) / 2, (least.y + most.y) / 2};
  return {{centre.x - width / 2, centre.y - width / 2}, width / static_cast<float>(side), side};
}

std::vector<float> count_cells(const Layout& layout, const GridFrame& frame) {
  std::vector<float> counts(frame.side * frame.side);
  for (const Point point : layout) ++counts[frame.cell_of(point)];
  return counts;
}

void smooth(std::vector<float>& grid, std::size_t side, double sigma) {
  SEGUE_ASSERT(grid.size() == side * side);
  if (sigma <= 0) return;
  const std::vector<std::size_t> radii = radii_for(sigma);
  smooth_rows(grid, side, radii);
  transpose(grid, side);
  smooth_rows(grid, side, radii);
  transpose(grid, side);
}

}  // namespace segue::layout
