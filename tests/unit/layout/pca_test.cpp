#include "segue/layout/pca.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/exact_tsne.h"

namespace segue::layout {
namespace {

// Uncorrelated columns of the given sizes, rotated in the plane of the first and the last.
math::Matrix vectors_of(std::size_t n, const std::vector<double>& sizes, double angle) {
  Random random(1);
  math::Matrix matrix(n, sizes.size());
  for (std::size_t i = 0; i < n; ++i) {
    auto row = matrix.view()[i];
    for (std::size_t c = 0; c < sizes.size(); ++c) {
      row[c] = static_cast<float>(sizes[c] * (2 * random.uniform() - 1));
    }
    const double a = static_cast<double>(row.front());
    const double b = static_cast<double>(row.back());
    row.front() = static_cast<float>(7 + a * std::cos(angle) - b * std::sin(angle));
    row.back() = static_cast<float>(a * std::sin(angle) + b * std::cos(angle) - 3);
  }
  return matrix;
}

double deviation(const Layout& points, float Point::*coordinate) {
  double sum = 0;
  double squares = 0;
  for (const Point& point : points) {
    sum += static_cast<double>(point.*coordinate);
    squares += static_cast<double>(point.*coordinate) * static_cast<double>(point.*coordinate);
  }
  const auto n = static_cast<double>(points.size());
  return std::sqrt(squares / n - sum / n * sum / n);
}

TEST(PrincipalComponents, are_the_directions_of_most_variance) {
  constexpr double kAngle = 0.5;
  const math::Matrix vectors = vectors_of(5000, {10, 0.1, 1, 0.2, 4}, kAngle);
  const Layout points = principal_components(vectors.view());
  EXPECT_NEAR(deviation(points, &Point::x), kStartDeviation, 1e-3 * kStartDeviation);
  EXPECT_NEAR(deviation(points, &Point::y), 0.4 * kStartDeviation, 0.02 * kStartDeviation);
  const double scale = kStartDeviation / (10 / std::sqrt(3));
  for (std::size_t i = 0; i < 10; ++i) {  // rotated back, these are the original coordinates
    const auto row = vectors.view()[i];
    const double a = static_cast<double>(row.front()) - 7;
    const double b = static_cast<double>(row.back()) + 3;
    EXPECT_NEAR(points[i].x, scale * (a * std::cos(kAngle) + b * std::sin(kAngle)), 0.05 * kStartDeviation);
  }
}

TEST(PrincipalComponents, are_the_same_with_any_number_of_threads) {
  const math::Matrix vectors = vectors_of(3000, {3, 1, 2, 0.5, 0.1, 4}, 1);
  EXPECT_EQ(principal_components(vectors.view(), 1), principal_components(vectors.view(), 3));
}

TEST(PrincipalComponents, are_zero_without_any_direction) {
  math::Matrix same(40, 5);
  for (std::size_t i = 0; i < same.rows(); ++i) {
    for (float& number : same.view()[i]) number = 0.3F;
  }
  EXPECT_EQ(principal_components(same.view()), Layout(40));
  EXPECT_EQ(principal_components(math::Matrix(3, 4).view()), Layout(3));
  EXPECT_EQ(principal_components(math::Matrix(1, 4).view()), Layout(1));
  EXPECT_TRUE(principal_components(math::Matrix().view()).empty());
}

TEST(PrincipalComponents, of_one_column_lie_on_a_line) {
  const Layout points = principal_components(vectors_of(100, {1}, 0).view());
  for (const Point& point : points) EXPECT_EQ(point.y, 0);
  EXPECT_NEAR(deviation(points, &Point::x), kStartDeviation, 1e-3 * kStartDeviation);
}

}  // namespace
}  // namespace segue::layout
