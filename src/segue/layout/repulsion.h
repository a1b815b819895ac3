// The second sum of t-SNE's gradient, over all pairs of points, by interpolation on a grid (tsne.h).
//
// One field is enough: f(y) = sum_j K(y - y_j) with K(d) = w = 1 / (1 + |d|^2). Its sum over the points is Z + n, and
// since K^2(d) d = -1/2 grad K(d), its gradient gives the force. FIt-SNE interpolates by polynomials and needs three
// convolutions (K, K^2 dx, K^2 dy); cubic B-splines are smooth enough to differentiate the result of a single one, as
// particle mesh methods do (Essmann et al. 1995).
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
  // Nodes are `spacing` apart: less on small maps, more if there would be over 64 nodes a point. Up to `few_points`
  // points, all pairs are summed instead, which is faster.
  static constexpr double kSpacing = 0.45;
  static constexpr std::size_t kFewPoints = 2048;
  Repulsion(const TsneKernels& kernels, Team& team, double spacing = kSpacing, std::size_t few_points = kFewPoints);

  // Computes the field of all points. Large maps cost most; the grid is kept for the next call.
  // REQUIRES: at least one point, all finite. Throws no_space.
  void prepare(std::span<const Point> points);

  // forces[i] = sum over j of w_ij^2 (y_i - y_j) for the prepared points [begin, end), which must not have moved since;
  // `forces` has an entry for every point. Returns the sum of w_ij over them and all j != i. Thread safe.
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
