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

#include "segue/map/convolution.h"
#include "segue/map/layout.h"
#include "segue/map/team.h"
#include "segue/map/tsne_kernels.h"

namespace segue {

class Repulsion {
 public:
  // Nodes are `spacing` apart; further where the map would need more than kMostNodes of them across.
  static constexpr double kSpacing = 0.7;
  static constexpr std::size_t kMostNodes = 2000;
  Repulsion(const TsneKernels& kernels, Team& team, double spacing = kSpacing);

  // Takes the field of all points. Costs most where the map is large; the grid is kept for the next call.
  // REQUIRES: at least one point, all finite. Throws no_space.
  void prepare(std::span<const Point> points);

  // forces[i] = sum over j of w_ij^2 (y_i - y_j) for some of the points; returns the sum of w_ij over them and all
  // j != i. Thread safe.
  double take(std::span<const Point> points, Point* forces) const;

 private:
  void fit_grid(std::span<const Point> points);
  void spread(std::span<const Point> points);

  const TsneKernels& kernels_;
  Team& team_;
  double spacing_;
  std::unique_ptr<Convolution> convolution_;
  GridPlace place_;
  std::size_t used_rows_ = 0;
};

}  // namespace segue
