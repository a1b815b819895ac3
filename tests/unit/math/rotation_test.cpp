#include "segue/math/rotation.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "segue/base/random.h"

namespace segue::math {
namespace {

std::vector<float> random_rows(std::size_t rows, std::size_t dim, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> numbers(rows * dim);
  for (float& number : numbers) number = random.uniform_float() - 0.5F;
  return numbers;
}

float dot(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

double distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

// Turns the plane of every two neighbouring numbers by an angle of its own, and mirrors the first number.
std::vector<float> turned(std::vector<float> rows, std::size_t dim) {
  for (std::size_t row = 0; row < rows.size(); row += dim) {
    for (std::size_t i = 0; i + 1 < dim; ++i) {
      const float angle = 0.3F + static_cast<float>(i);
      const float a = rows[row + i];
      const float b = rows[row + i + 1];
      rows[row + i] = std::cos(angle) * a - std::sin(angle) * b;
      rows[row + i + 1] = std::sin(angle) * a + std::cos(angle) * b;
    }
    rows[row] = -rows[row];
  }
  return rows;
}

TEST(Rotation, is_found_that_was_applied) {
  for (const std::size_t dim : {1U, 2U, 7U, 64U}) {
    const std::vector<float> rows = random_rows(3 * dim, dim, 1);
    RotationFit fit(dim);
    const std::vector<float> wanted = turned(rows, dim);
    // In two parts.
    fit.add(std::span(rows).first(dim), std::span(wanted).first(dim));
    fit.add(std::span(rows).subspan(dim), std::span(wanted).subspan(dim));
    std::vector<float> found = rows;
    fit.rotation().apply(found);
    EXPECT_NEAR(distance(found, wanted), 0, 1e-4) << dim;
  }
}

TEST(Rotation, keeps_dot_products_whatever_the_pairs) {
  constexpr std::size_t kDim = 12;
  RotationFit fit(kDim);
  fit.add(random_rows(30, kDim, 1), random_rows(30, kDim, 2));
  const std::vector<float> rows = random_rows(2, kDim, 3);
  std::vector<float> found = rows;
  fit.rotation().apply(found);
  const auto of = [](const std::vector<float>& all, std::size_t row) {
    return std::span(all).subspan(row * kDim, kDim);
  };
  EXPECT_NEAR(dot(of(found, 0), of(found, 1)), dot(of(rows, 0), of(rows, 1)), 1e-5);
  EXPECT_NEAR(dot(of(found, 0), of(found, 0)), dot(of(rows, 0), of(rows, 0)), 1e-5);
}

TEST(Rotation, leaves_no_smaller_distance_than_that_of_any_other) {
  constexpr std::size_t kDim = 3;
  const std::vector<float> from = random_rows(20, kDim, 4);
  const std::vector<float> to = random_rows(20, kDim, 5);
  RotationFit fit(kDim);
  fit.add(from, to);
  std::vector<float> best = from;
  fit.rotation().apply(best);
  for (std::uint64_t seed = 10; seed < 40; ++seed) {
    RotationFit other(kDim);
    other.add(random_rows(20, kDim, seed), random_rows(20, kDim, seed + 100));
    std::vector<float> tried = from;
    other.rotation().apply(tried);
    EXPECT_LE(distance(best, to), distance(tried, to) + 1e-5);
  }
}

TEST(Rotation, of_nothing_is_none) {
  std::vector<float> rows = random_rows(2, 5, 6);
  const std::vector<float> before = rows;
  RotationFit(5).rotation().apply(rows);
  EXPECT_EQ(rows, before);
}

}  // namespace
}  // namespace segue::math
