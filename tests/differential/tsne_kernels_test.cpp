// Compares every t-SNE kernel of every target with the scalar ones or double precision.
#include "segue/layout/kernels/tsne_kernels.h"

#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/exact_tsne.h"

namespace segue {
namespace {

const layout::TsneKernels& scalar() {
  return layout::all_tsne_kernels().scalar();
}

// Rows of all lengths, including 0, with any columns.
layout::Affinities any_affinities(std::size_t n) {
  Random random(3);
  layout::Affinities affinities;
  affinities.offsets.push_back(0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t e = 0; e < i; ++e) {
      affinities.columns.push_back(random.below(static_cast<std::uint32_t>(n)));
      affinities.values.push_back(0.01F * random.uniform_float());
    }
    affinities.offsets.push_back(affinities.columns.size());
  }
  return affinities;
}

class TsneKernelsTest : public ::testing::TestWithParam<layout::TsneKernels> {};

INSTANTIATE_TEST_SUITE_P(All, TsneKernelsTest, ::testing::ValuesIn(layout::all_tsne_kernels()),
                         [](const auto& one) { return std::string(one.param.name); });

TEST_P(TsneKernelsTest, attraction_agrees_with_double_precision) {
  const std::size_t n = 150;
  const layout::Affinities affinities = any_affinities(n);
  const layout::Layout points = heaps(n, 7, 10, 1, 1);
  layout::Layout forces(n);
  GetParam().attract(affinities, points.data(), 0, 70, forces.data());
  GetParam().attract(affinities, points.data(), 70, n, forces.data());
  EXPECT_LT(relative_error(forces, exact_attractions(dense(affinities), to_double(points))), 1e-6);
  EXPECT_EQ(forces[0], layout::Point{});

  double loss = 0;
  const std::vector<ExactForce> exact = to_double(points);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::uint64_t e = affinities.offsets[i]; e < affinities.offsets[i + 1]; ++e) {
      if (affinities.columns[e] == i) continue;
      loss -= static_cast<double>(affinities.values[e]) * std::log(nearness(exact, i, affinities.columns[e]));
    }
  }
  EXPECT_NEAR(GetParam().attraction_loss(affinities, points.data(), 0, n), loss, 1e-5 * loss);
}

TEST_P(TsneKernelsTest, spread_and_gather_agree_with_the_scalar_ones) {
  const std::size_t n = 333;
  const std::size_t rows = 40;
  const layout::Layout points = heaps(n, 9, 8, 1, 2);
  const layout::GridPlace place{-20, -20, 1, 48};
  std::vector<float> wanted(rows * place.stride);
  scalar().spread(points, place, 0, rows, wanted.data());
  EXPECT_NEAR(std::accumulate(wanted.begin(), wanted.end(), 0.0), static_cast<double>(n), 1e-3);
  // In parts, as threads do it.
  std::vector<float> grid(rows * place.stride);
  for (const auto& [first, last] : {std::pair{0U, 1U}, {1U, 3U}, {3U, 20U}, {20U, 22U}, {22U, 40U}}) {
    GetParam().spread(points, place, first, last, grid.data());
  }
  for (std::size_t i = 0; i < grid.size(); ++i) ASSERT_NEAR(grid[i], wanted[i], 1e-4);

  for (std::size_t i = 0; i < grid.size(); ++i) grid[i] = std::sin(0.1F * static_cast<float>(i));
  layout::Layout forces(n), wanted_forces(n);
  const double sum = GetParam().gather(points, place, grid.data(), forces.data());
  EXPECT_NEAR(sum, scalar().gather(points, place, grid.data(), wanted_forces.data()), 1e-3);
  for (std::size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(forces[i].x, wanted_forces[i].x, 1e-4);
    EXPECT_NEAR(forces[i].y, wanted_forces[i].y, 1e-4);
  }
}

TEST_P(TsneKernelsTest, repulsion_agrees_with_double_precision) {
  for (const std::size_t n : {1U, 2U, 16U, 33U, 150U}) {
    const layout::Layout points = heaps(n, 7, 10, 1, 1);
    layout::Layout forces(n);
    const double sum =
        GetParam().repel(points, 0, n / 2, forces.data()) + GetParam().repel(points, n / 2, n, forces.data());
    const double z = sum_of_nearness(to_double(points));
    EXPECT_NEAR(sum, z, 1e-5 * (z + 1));
    const std::vector<ExactForce> exact = exact_repulsions(to_double(points));
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(forces[i].x, exact[i].x, 1e-5);
      EXPECT_NEAR(forces[i].y, exact[i].y, 1e-5);
    }
  }
}

TEST_P(TsneKernelsTest, moves_agree_with_the_scalar_ones) {
  for (const std::size_t n : {1U, 7U, 8U, 100U}) {
    const layout::Layout attractions = heaps(n, n, 1, 1, 1);
    const layout::Layout repulsions = heaps(n, n, 1, 1, 2);
    struct All {
      layout::Layout points, velocities, gains;
    };
    const All start{heaps(n, n, 5, 1, 3), heaps(n, n, 1, 1, 4), layout::Layout(n, layout::Point{1, 0.011F})};
    All one = start;
    All other = start;
    const layout::TsneStep step{1.5F, 0.7F, 0.8F};
    for (int again = 0; again < 3; ++again) {
      scalar().move({one.points.data(), one.velocities.data(), one.gains.data(), attractions.data(), repulsions.data()},
                    step, 0, n);
      for (const auto& [begin, end] : {std::pair{std::size_t{0}, n / 3}, {n / 3, n}}) {
        GetParam().move(
            {other.points.data(), other.velocities.data(), other.gains.data(), attractions.data(), repulsions.data()},
            step, begin, end);
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(other.points[i].x, one.points[i].x, 1e-4);
      EXPECT_NEAR(other.points[i].y, one.points[i].y, 1e-4);
      EXPECT_NEAR(other.gains[i].x, one.gains[i].x, 1e-4);
      EXPECT_GE(other.gains[i].y, layout::kLeastGain);
      EXPECT_LE(std::abs(other.velocities[i].x), layout::kLongestStep);
    }
  }
}

// Counts around multiples of a register's lanes.
TEST_P(TsneKernelsTest, gaussian_sums_and_weights_agree_with_double_precision) {
  Random random(4);
  for (const std::size_t count : {0U, 1U, 2U, 3U, 4U, 7U, 8U, 9U, 33U, 90U}) {
    std::vector<double> distances(count);
    for (double& distance : distances) distance = 30 * random.uniform();
    for (const double b : {0.0, 1e-3, 1.0, 40.0}) {
      layout::GaussianSums wanted;
      std::vector<float> weights(count + 1, -1.0F);
      GetParam().gaussian_weights(distances.data(), count, b, 0.5, weights.data());
      for (std::size_t j = 0; j < count; ++j) {
        const double weight = std::exp(-b * distances[j]);
        wanted.weights += weight;
        wanted.distances += weight * distances[j];
        wanted.squares += weight * distances[j] * distances[j];
        EXPECT_NEAR(weights[j], 0.5 * weight, 1e-6 * weight + 1e-37) << "count " << count << ", b " << b;
      }
      EXPECT_EQ(weights[count], -1) << "wrote beyond " << count;
      const layout::GaussianSums found = GetParam().gaussian_sums(distances.data(), count, b);
      EXPECT_NEAR(found.weights, wanted.weights, 1e-12 * wanted.weights);
      EXPECT_NEAR(found.distances, wanted.distances, 1e-12 * wanted.distances);
      EXPECT_NEAR(found.squares, wanted.squares, 1e-12 * wanted.squares);
    }
  }
}

TEST(TsneKernels, follow_the_forced_target) {
  for (const math::SimdTarget& target : math::supported_targets()) {
    math::force_target(target.name);
    EXPECT_EQ(layout::all_tsne_kernels().best().name, target.name);
  }
  math::force_target(math::supported_targets().front().name);
}

}  // namespace
}  // namespace segue
