// The second sum of t-SNE's gradient, over all pairs of points, by interpolation on a grid (tsne.h).
//
// All that is needed is one field, f(y) = sum_j K(y - y_j) with K(d) = w = 1 / (1 + |d|^2): its sum over the points is
// Z + n, and since K^2(d) d = -1/2 grad K(d), its gradient is the force. Where FIt-SNE puts the charges on the nodes of
// polynomials and takes three convolutions back (K, K^2 dx, K^2 dy), cubic B-splines are smooth enough to take the
// gradient of what one convolution gives (as particle mesh methods do: Essmann et al. 1995).
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "segue/layout/convolution.h"
#include "segue/layout/kernels/tsne_kernels.h"
#include "segue/layout/layout.h"
#include "segue/layout/team.h"

namespace segue::layout {

class Repulsion {
 public:
  // Nodes are `spacing` apart: finer on small maps, coarser where there would be more than 64 nodes a point. So few
  // points that looking at all pairs is faster are not put on a grid.
  static constexpr double kSpacing = 0.45;
  static constexpr std::size_t kFewPoints = 2048;
  Repulsion(const TsneKernels& kernels, Team& team, double spacing = kSpacing, std::size_t few_points = kFewPoints);

  // Takes the field of all points. Costs most where the map is large; the grid is kept for the next call.
  // REQUIRES: at least one point, all finite. Throws no_space.
  void prepare(std::span<const Point> points);

  // forces[i] = sum over j of w_ij^2 (y_i - y_j) for the points [begin, end) of those prepared, which have not moved
  // since; `forces` is of all points. Returns the sum of w_ij over them and all j != i. Thread safe.
  double take(std::size_t begin, std::size_t end, Point* forces) const;

 private:
  void fit_grid(std::span<const Point> points);
  void spread(std::span<const Point> points);

  const TsneKernels& kernels_;
  Team& team_;
  double spacing_;
  std::size_t few_points_;
  std::span<const Point> points_;
  std::unique_ptr<Convolution> convolution_;
  GridPlace place_;
  std::size_t used_rows_ = 0;
};

}  // namespace segue::layout
