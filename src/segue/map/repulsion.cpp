#include "segue/map/repulsion.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace segue {
namespace {

// Nodes beside the outermost points: one before and two after those of the cell itself, and one for rounding.
constexpr std::size_t kBorder = 2;
constexpr std::size_t kBeside = 2 * kBorder + 1;

struct Box {
  Point least;
  Point most;
};

Box box_of(std::span<const Point> points) {
  Box box{points.front(), points.front()};
  for (const Point& point : points) {
    box.least = {std::min(box.least.x, point.x), std::min(box.least.y, point.y)};
    box.most = {std::max(box.most.x, point.x), std::max(box.most.y, point.y)};
  }
  return box;
}

std::size_t nodes_across(double length, double spacing) {
  return static_cast<std::size_t>(length / spacing) + 1 + kBeside;
}

}  // namespace

Repulsion::Repulsion(const TsneKernels& kernels, Team& team, double spacing)
    : kernels_(kernels), team_(team), spacing_(spacing) {}

// A grid is used as long as the points fit on it and no much smaller one would do: its kernel is expensive.
void Repulsion::fit_grid(std::span<const Point> points) {
  const Box box = box_of(points);
  const double width = static_cast<double>(box.most.x) - static_cast<double>(box.least.x);
  const double height = static_cast<double>(box.most.y) - static_cast<double>(box.least.y);
  double spacing = spacing_;
  while (nodes_across(std::max(width, height), spacing) > kMostNodes) spacing *= 1.25;  // in steps: see above
  const std::size_t columns = nodes_across(width, spacing);
  const std::size_t rows = nodes_across(height, spacing);
  const auto fits = [](std::size_t nodes, std::size_t there) {
    return nodes <= there && there <= Convolution::nodes_in(Convolution::length_for(nodes + nodes / 8));
  };
  if (!convolution_ || convolution_->spacing() != spacing || !fits(rows, convolution_->rows()) ||
      !fits(columns, convolution_->columns())) {
    convolution_.reset();  // the old one's memory first
    convolution_ = std::make_unique<Convolution>(rows, columns, spacing, team_);
  }
  used_rows_ = rows;
  place_ = {static_cast<float>(static_cast<double>(box.least.x) - kBorder * spacing),
            static_cast<float>(static_cast<double>(box.least.y) - kBorder * spacing), static_cast<float>(1 / spacing),
            convolution_->grid().stride};
}

// Each thread owns some rows of the grid, passes over all points and adds those that reach its rows, so that every node
// is summed in the order of the points. The rows are dealt so that about as many points fall on each part.
void Repulsion::spread(std::span<const Point> points) {
  const std::size_t parts = team_.size() == 1 ? 1 : 2 * team_.size();
  std::vector<std::size_t> on_row(used_rows_, 0);
  const std::size_t step = points.size() / 4096 + 1;
  for (std::size_t i = 0; i < points.size(); i += step) {
    ++on_row[static_cast<std::size_t>((points[i].y - place_.y0) * place_.scale)];
  }
  const std::size_t sampled = (points.size() + step - 1) / step;
  std::vector<std::size_t> firsts = {0};
  std::size_t sum = 0;
  for (std::size_t row = 0; row < used_rows_; ++row) {
    sum += on_row[row];
    if (sum * parts >= firsts.size() * sampled && firsts.size() < parts) firsts.push_back(row + 1);
  }
  firsts.push_back(used_rows_);
  const MatrixView<float> grid = convolution_->grid();
  team_.for_pieces(firsts.size() - 1, 1, [&](std::size_t part, std::size_t) {
    const std::size_t first = firsts[part];
    const std::size_t last = firsts[part + 1];
    if (first == last) return;
    std::fill(grid.row(first), grid.row(last), 0.0F);
    kernels_.spread(points, place_, first, last, grid.data);
  });
}

void Repulsion::prepare(std::span<const Point> points) {
  fit_grid(points);
  spread(points);
  convolution_->apply(used_rows_, team_);
}

double Repulsion::take(std::span<const Point> points, Point* forces) const {
  const double sum = kernels_.gather(points, place_, convolution_->grid().data, forces);
  return sum - static_cast<double>(points.size());  // w_ii = 1
}

}  // namespace segue
