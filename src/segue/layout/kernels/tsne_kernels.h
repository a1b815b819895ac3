// The inner loops of t-SNE.
//
// The result for a point does not depend on the range of points a kernel is called for; only the returned sum does.
// Targets differ in the order of sums, and so in the last bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "segue/layout/affinities.h"
#include "segue/layout/layout.h"
#include "segue/math/kernel_list.h"

namespace segue::layout {

// Where a grid lies on the map. Its node (row r, column c) is at (x0 + c h, y0 + r h) with h = 1 / scale.
struct GridPlace {
  float x0 = 0;
  float y0 = 0;
  float scale = 1;
  std::size_t stride = 0;  // numbers from one row of the grid to the next
};

// Steps of gradient descent: velocity = momentum velocity - gain (attract attraction - repel repulsion).
struct TsneStep {
  float attract = 0;
  float repel = 0;
  float momentum = 0;
};

// The state of the points during the descent.
struct TsneState {
  Point* points;
  Point* velocities;
  Point* gains;
  const Point* attractions;
  const Point* repulsions;
};

struct GaussianSums {
  double weights = 0;    // sum of w_j = exp(-b d_j)
  double distances = 0;  // sum of w_j d_j
  double squares = 0;    // sum of w_j d_j^2
};

struct TsneKernels {
  std::string_view name;  // of its SimdTarget

  // forces[i] = sum over j of p_ij w_ij (y_i - y_j), for rows [begin, end); w_ij = 1 / (1 + |y_i - y_j|^2)
  void (*attract)(const Affinities& affinities, const Point* points, std::size_t begin, std::size_t end, Point* forces);

  // sum over i in [begin, end) and j of p_ij log(1 + |y_i - y_j|^2)
  double (*attraction_loss)(const Affinities& affinities, const Point* points, std::size_t begin, std::size_t end);

  // Adds a unit charge for each point to the sixteen nodes around it, by cubic B-splines; only to the rows [first,
  // last) of the grid, which starts at its row 0.
  void (*spread)(std::span<const Point> points, const GridPlace& place, std::size_t first, std::size_t last,
                 float* grid);

  // Computes the potential f at each point from the coefficients on the grid: forces = -1/2 gradient of f; returns the
  // sum of f.
  double (*gather)(std::span<const Point> points, const GridPlace& place, const float* grid, Point* forces);

  // forces[i] = sum over all j of w_ij^2 (y_i - y_j), directly, for i in [begin, end) of all points; returns the sum of
  // w_ij over them and all j != i.
  double (*repel)(std::span<const Point> points, std::size_t begin, std::size_t end, Point* forces);

  // One step of the points [begin, end), with the gains of Jacobs 1988: a coordinate that keeps its direction takes
  // larger steps, one that turns takes smaller ones.
  void (*move)(const TsneState& state, const TsneStep& step, std::size_t begin, std::size_t end);

  // In double: the search for a perplexity calls it again and again.
  GaussianSums (*gaussian_sums)(const double* distances, std::size_t count, double b);

  // out[j] = scale exp(-b d_j)
  void (*gaussian_weights)(const double* distances, std::size_t count, double b, double scale, float* out);
};

inline constexpr float kLeastGain = 0.01F;
inline constexpr float kLongestStep = 5;  // of a coordinate: a point thrown far out would make the grid large

TsneKernels kernels_for(math::ScalarTarget target);  // scalar.cpp

const math::KernelList<TsneKernels>& all_tsne_kernels();

}  // namespace segue::layout
