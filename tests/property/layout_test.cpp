// Properties of affinities and of the fast repulsion, for any points.

#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "segue/layout/repulsion.h"
#include "segue/layout/tsne.h"

#include "tests/support/exact_tsne.h"

namespace segue {
namespace {

// Points on a raster, so that many coincide.
layout::Layout any_points() {
  const auto places = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(-8, 8), rc::gen::inRange(-8, 8))));
  const auto scale = *rc::gen::element(0.01F, 0.3F, 1.7F, 20.0F);
  layout::Layout points;
  for (const auto& [x, y] : places) points.push_back({scale * static_cast<float>(x), scale * static_cast<float>(y)});
  return points;
}

RC_GTEST_PROP(ConditionalAffinities, are_probabilities_that_fall_with_the_distance, ()) {
  const auto whole = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1000)));
  const std::vector<float> distances(whole.begin(), whole.end());
  const auto perplexity = static_cast<double>(*rc::gen::inRange(10, 1000)) / 10;
  std::vector<float> p(distances.size());
  layout::conditional_affinities(distances, perplexity, p);
  RC_ASSERT(std::abs(std::accumulate(p.begin(), p.end(), 0.0) - 1) < 1e-5);
  for (std::size_t i = 0; i < p.size(); ++i) {
    RC_ASSERT(p[i] >= 0);
    for (std::size_t j = 0; j < p.size(); ++j) RC_ASSERT((distances[i] > distances[j] || p[i] >= p[j] * 0.999999F));
  }
}

RC_GTEST_PROP(Affinities, are_symmetric_and_add_up_to_one, ()) {
  const layout::Layout points = any_points();
  RC_PRE(points.size() > 1);
  const auto k = *rc::gen::inRange<std::size_t>(1, 12);
  const std::vector<double> p = dense(layout::make_affinities(all_neighbours_of(points, k).view(), 3));
  const std::size_t n = points.size();
  RC_ASSERT(std::abs(std::accumulate(p.begin(), p.end(), 0.0) - 1) < 1e-5);
  for (std::size_t i = 0; i < n; ++i) {
    RC_ASSERT(p[i * n + i] == 0);
    for (std::size_t j = 0; j < n; ++j) RC_ASSERT(std::abs(p[i * n + j] - p[j * n + i]) < 1e-9);
  }
}

RC_GTEST_PROP(Repulsion, is_close_to_the_exact_sum, ()) {
  const layout::Layout points = any_points();
  layout::Team team(1);
  layout::Repulsion repulsion(layout::all_tsne_kernels().best(), team, layout::Repulsion::kSpacing, 0);
  repulsion.prepare(points);
  layout::Layout forces(points.size());
  repulsion.take(0, points.size(), forces.data());
  const std::vector<ExactForce> exact = exact_repulsions(to_double(points));
  // A pair's force is at most 0.33. In the worst of 200,000 layouts, points at the worst places between the nodes had
  // an error of 0.038; on maps errors cancel out.
  const double most = 0.05 * static_cast<double>(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    RC_ASSERT(std::abs(static_cast<double>(forces[i].x) - exact[i].x) < most);
    RC_ASSERT(std::abs(static_cast<double>(forces[i].y) - exact[i].y) < most);
  }
}

RC_GTEST_PROP(Tsne, makes_finite_maps_of_any_points, ()) {
  const layout::Layout points = any_points();
  layout::TsneOptions options{.iterations = 60, .exaggeration_iterations = 30, .threads = 1};
  options.late_exaggeration = *rc::gen::element(1.0, 3.0);
  options.learning_rate = *rc::gen::element(0.0, 1.0, 1e4);
  NoProgress progress;
  const auto k = *rc::gen::inRange<std::size_t>(1, 12);
  const layout::TsneResult result =
      layout::fit_tsne(layout::make_affinities(all_neighbours_of(points, k).view(), 3), points, options, progress, {});
  RC_ASSERT(result.points.size() == points.size());
  for (const layout::Point& point : result.points) {
    RC_ASSERT(std::isfinite(point.x));
    RC_ASSERT(std::isfinite(point.y));
  }
}

}  // namespace
}  // namespace segue
