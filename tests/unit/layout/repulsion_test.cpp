// The repulsion on a grid, compared with the sum over all pairs.
#include "segue/layout/repulsion.h"

#include <gtest/gtest.h>

#include "tests/support/exact_tsne.h"

namespace segue::layout {
namespace {

struct Measured {
  Layout forces;
  double z = 0;
};

Measured repulsions(const Layout& points, double spacing, std::size_t threads = 1, std::size_t few_points = 0) {
  const TsneKernels& kernels = all_tsne_kernels().best();
  Team team(threads);
  Repulsion repulsion(kernels, team, spacing, few_points);
  repulsion.prepare(points);
  Measured measured{Layout(points.size()), 0};
  measured.z = repulsion.take(0, points.size(), measured.forces.data());
  return measured;
}

double force_error(const Layout& points, double spacing) {
  return relative_error(repulsions(points, spacing).forces, exact_repulsions(to_double(points)));
}

TEST(Repulsion, is_close_to_the_exact_sum_on_maps_of_all_sizes) {
  for (const double across : {0.01, 1.0, 10.0, 30.0}) {
    for (const double radius : {0.02 * across, 0.3 * across}) {
      const Layout points = heaps(1500, 12, across, radius, 7);
      const Measured measured = repulsions(points, Repulsion::kSpacing);
      EXPECT_LT(relative_error(measured.forces, exact_repulsions(to_double(points))), 5e-2)
          << across << " wide, heaps of " << radius;
      const double z = sum_of_nearness(to_double(points));
      EXPECT_NEAR(measured.z, z, 5e-3 * z) << across << " wide, heaps of " << radius;
    }
  }
}

TEST(Repulsion, is_exact_for_few_points) {
  for (const std::size_t n : {2U, 3U, 17U, 500U}) {
    const Layout points = heaps(n, 5, 100, 2, 7);
    const Measured measured = repulsions(points, Repulsion::kSpacing, 1, Repulsion::kFewPoints);
    EXPECT_LT(relative_error(measured.forces, exact_repulsions(to_double(points))), 1e-5) << n;
    const double z = sum_of_nearness(to_double(points));
    EXPECT_NEAR(measured.z, z, 1e-5 * (z + static_cast<double>(n))) << n;
  }
}

TEST(Repulsion, is_more_accurate_with_a_finer_grid) {
  const Layout points = heaps(1000, 10, 20, 2, 3);
  const double coarse = force_error(points, 1.2);
  const double usual = force_error(points, 0.6);
  const double fine = force_error(points, 0.3);
  EXPECT_LT(usual, 0.5 * coarse);
  EXPECT_LT(fine, 0.25 * usual);
}

TEST(Repulsion, has_the_right_size_and_direction_for_two_points) {
  const Layout points = {{0, 0}, {1, 0}};
  const Measured measured = repulsions(points, 0.2);
  EXPECT_NEAR(measured.forces[0].x, -0.25, 0.01);
  EXPECT_NEAR(measured.forces[1].x, 0.25, 0.01);
  EXPECT_NEAR(measured.forces[0].y, 0, 0.01);
  EXPECT_NEAR(measured.z, 1, 0.02);
}

TEST(Repulsion, is_zero_for_one_point_or_points_at_one_place) {
  for (const std::size_t n : {1U, 50U}) {
    const Measured measured = repulsions(Layout(n, Point{3, -2}), Repulsion::kSpacing);
    for (const Point& force : measured.forces) {
      EXPECT_NEAR(force.x, 0, 0.02 * static_cast<double>(n));
      EXPECT_NEAR(force.y, 0, 0.02 * static_cast<double>(n));
    }
    const auto all = static_cast<double>(n);
    EXPECT_NEAR(measured.z, all * (all - 1), 0.05 * all * all);
  }
}

TEST(Repulsion, handles_a_map_with_a_distant_point) {
  Layout points = heaps(500, 5, 10, 2, 5);
  points.push_back({20000, 3000});
  const Measured measured = repulsions(points, Repulsion::kSpacing);
  for (const Point& force : measured.forces) EXPECT_TRUE(std::isfinite(force.x) && std::isfinite(force.y));
}

TEST(Repulsion, is_the_same_with_any_number_of_threads) {
  const Layout points = heaps(3000, 12, 40, 3, 9);
  const Measured one = repulsions(points, Repulsion::kSpacing);
  for (const std::size_t threads : {2U, 3U, 5U}) {
    const Measured more = repulsions(points, Repulsion::kSpacing, threads);
    EXPECT_EQ(more.forces, one.forces);
    EXPECT_EQ(more.z, one.z);
  }
}

TEST(Repulsion, follows_a_map_that_grows_and_shrinks) {
  Team team(1);
  Repulsion repulsion(all_tsne_kernels().best(), team, Repulsion::kSpacing, 0);
  for (const double across : {0.001, 5.0, 6.0, 40.0, 36.0, 2.0}) {
    const Layout points = heaps(800, 6, across, across / 10, 11);
    repulsion.prepare(points);
    Layout forces(points.size());
    repulsion.take(0, points.size(), forces.data());
    EXPECT_LT(relative_error(forces, exact_repulsions(to_double(points))), 5e-2) << across;
  }
}

}  // namespace
}  // namespace segue::layout
