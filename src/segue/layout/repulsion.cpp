#include "segue/layout/repulsion.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace segue::layout {
namespace {

// Nodes beyond the outermost points: one before and two after their cell, and one for rounding.
constexpr std::size_t kBorder = 2;
constexpr std::size_t kBeside = 2 * kBorder + 1;

constexpr std::size_t kFewestNodes = 56;  // across a map
constexpr std::size_t kMostNodes = 2000;
constexpr double kFinest = 0.05;  // below this, the rounding of floats exceeds the grid's error

std::size_t nodes_across(double length, double spacing) {
  return static_cast<std::size_t>(length / spacing) + 1 + kBeside;
}

// `usual`, but finer on a small map, where all forces come from the curvature of K at 0, and coarser on one that would
// need too many nodes. In steps, so that a growing map keeps its grid for a while.
double spacing_for(double across, double usual, std::size_t points) {
  constexpr double kStep = 1.25;
  const auto most = std::clamp<std::size_t>(static_cast<std::size_t>(8 * std::sqrt(points)), kFewestNodes, kMostNodes);
  double spacing = usual;
  while (nodes_across(across, spacing) > most) spacing *= kStep;
  while (nodes_across(across, spacing / kStep) < kFewestNodes && spacing > kFinest) spacing /= kStep;
  return spacing;
}

}  // namespace

Repulsion::Repulsion(const TsneKernels& kernels, Team& team, double spacing, std::size_t few_points)
    : kernels_(kernels), team_(team), spacing_(spacing), few_points_(few_points) {}

// A grid is kept while the points fit on it and a much smaller one would not do, because its kernel is expensive.
void Repulsion::fit_grid(std::span<const Point> points) {
  const auto [least, most] = bounds_of(points);
  const double width = static_cast<double>(most.x) - static_cast<double>(least.x);
  const double height = static_cast<double>(most.y) - static_cast<double>(least.y);
  const double spacing = spacing_for(std::max(width, height), spacing_, points.size());
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
  place_ = {static_cast<float>(static_cast<double>(least.x) - kBorder * spacing),
            static_cast<float>(static_cast<double>(least.y) - kBorder * spacing), static_cast<float>(1 / spacing),
            convolution_->grid().stride};
}

// Each thread owns some rows of the grid, reads all points and adds those that reach its rows, so that every node is
// summed in the order of the points. The rows are split so that each thread gets about as many points.
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
  const math::MatrixView<float> grid = convolution_->grid();
  team_.for_pieces(firsts.size() - 1, 1, [&](std::size_t part, std::size_t) {
    const std::size_t first = firsts[part];
    const std::size_t last = firsts[part + 1];
    if (first == last) return;
    std::fill(grid.row(first), grid.row(last), 0.0F);
    kernels_.spread(points, place_, first, last, grid.data);
  });
}

void Repulsion::prepare(std::span<const Point> points) {
  points_ = points;
  if (points.size() <= few_points_) return;
  fit_grid(points);
  spread(points);
  convolution_->apply(used_rows_, team_);
}

double Repulsion::take(std::size_t begin, std::size_t end, Point* forces) const {
  if (points_.size() <= few_points_) return kernels_.repel(points_, begin, end, forces);
  const double sum =
      kernels_.gather(points_.subspan(begin, end - begin), place_, convolution_->grid().data, forces + begin);
  return sum - static_cast<double>(end - begin);  // w_ii = 1
}

}  // namespace segue::layout
