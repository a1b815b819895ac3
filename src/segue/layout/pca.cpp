#include "segue/layout/pca.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "segue/base/parallel.h"
#include "segue/base/random.h"
#include "segue/math/kernels/kernels.h"

namespace segue::layout {
namespace {

constexpr std::size_t kMostRows = 131072;  // used for the covariance
constexpr std::size_t kFlush = 512;        // rows summed in float before the sum goes to double
constexpr int kMostPowerSteps = 1000;      // of the power iteration
constexpr double kSettled = 1e-9;          // change of a component in a step

using Vector = std::vector<double>;

// Every `step`-th row, without the mean.
struct Sample {
  math::MatrixView<const float> vectors;
  std::size_t step = 1;
  std::vector<float> mean;

  std::size_t size() const { return (vectors.rows + step - 1) / step; }
  void row(std::size_t i, float* to) const {
    const float* from = vectors.row(i * step);
    for (std::size_t c = 0; c < vectors.columns; ++c) to[c] = from[c] - mean[c];
  }
};

Sample sample_of(math::MatrixView<const float> vectors) {
  Sample sample{vectors, (vectors.rows + kMostRows - 1) / kMostRows, std::vector<float>(vectors.columns)};
  Vector sum(vectors.columns);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    for (std::size_t c = 0; c < vectors.columns; ++c) sum[c] += static_cast<double>(vectors.row(i * sample.step)[c]);
  }
  for (std::size_t c = 0; c < sum.size(); ++c) {
    sample.mean[c] = static_cast<float>(sum[c] / static_cast<double>(sample.size()));
  }
  return sample;
}

// columns x columns, row after row. A thread owns some of its rows and reads the whole sample, so that every sum is
// taken in the same order.
Vector covariance_of(const Sample& sample, std::size_t threads) {
  const std::size_t d = sample.vectors.columns;
  const auto axpy = math::best_kernels().axpy;
  Vector covariance(d * d);
  parallel_for(d, 16, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<float> row(d);
    std::vector<float> some((end - begin) * d);
    const auto flush = [&] {
      for (std::size_t i = 0; i < some.size(); ++i) covariance[begin * d + i] += static_cast<double>(some[i]);
      std::ranges::fill(some, 0.0F);
    };
    for (std::size_t i = 0; i < sample.size(); ++i) {
      sample.row(i, row.data());
      for (std::size_t c = begin; c < end; ++c) axpy(row[c], row.data(), some.data() + (c - begin) * d, d);
      if ((i + 1) % kFlush == 0) flush();
    }
    flush();
  });
  return covariance;
}

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Removes `other`'s direction from v and scales v to length 1; all 0 if nothing is left.
void orthonormalise(Vector& v, const Vector* other) {
  if (other != nullptr) {
    const double along = dot(v, *other);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] -= along * (*other)[i];
  }
  const double length = std::sqrt(dot(v, v));
  for (double& x : v) x = length > 0 ? x / length : 0;
}

// The eigenvector of the largest eigenvalue, or of the next one after that of `other`. If two eigenvalues are nearly
// equal it converges slowly, but then any mixture of the two is an equally good start.
Vector component_of(const Vector& covariance, std::size_t d, const Vector* other) {
  Random random(d, other == nullptr ? 0 : 1);
  Vector v(d);
  for (double& x : v) x = random.uniform() - 0.5;
  orthonormalise(v, other);
  for (int step = 0; step < kMostPowerSteps; ++step) {
    Vector next(d);
    for (std::size_t r = 0; r < d; ++r) {
      for (std::size_t c = 0; c < d; ++c) next[r] += covariance[r * d + c] * v[c];
    }
    orthonormalise(next, other);
    const double change = 1 - std::abs(dot(next, v));
    v = std::move(next);
    if (change < kSettled) break;
  }
  const auto largest = std::ranges::max_element(v, {}, [](double x) { return std::abs(x); });
  if (largest != v.end() && *largest < 0) {
    for (double& x : v) x = -x;
  }
  return v;
}

std::vector<float> to_floats(const Vector& v) {
  std::vector<float> floats(v.size());
  std::ranges::transform(v, floats.begin(), [](double x) { return static_cast<float>(x); });
  return floats;
}

}  // namespace

Layout principal_components(math::MatrixView<const float> vectors, std::size_t threads) {
  Layout points(vectors.rows);
  if (vectors.rows == 0 || vectors.columns == 0) return points;
  const std::size_t d = vectors.columns;
  const Sample sample = sample_of(vectors);
  const Vector covariance = covariance_of(sample, thread_count(threads));
  const Vector first = component_of(covariance, d, nullptr);
  const Vector second = component_of(covariance, d, &first);
  const std::vector<float> x = to_floats(first);
  const std::vector<float> y = to_floats(second);
  const auto product = math::best_kernels().dot;
  parallel_for(points.size(), 1024, thread_count(threads), [&](std::size_t begin, std::size_t end) {
    std::vector<float> row(d);
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t c = 0; c < d; ++c) row[c] = vectors.row(i)[c] - sample.mean[c];
      points[i] = {product(row.data(), x.data(), d), product(row.data(), y.data(), d)};
    }
  });
  rescale(points);
  return points;
}

void rescale(Layout& points, double deviation) {
  double x = 0, y = 0, xx = 0, yy = 0;
  const auto n = static_cast<double>(points.size());
  for (const Point& point : points) {
    x += static_cast<double>(point.x) / n;
    y += static_cast<double>(point.y) / n;
  }
  for (const Point& point : points) {
    const double dx = static_cast<double>(point.x) - x;
    const double dy = static_cast<double>(point.y) - y;
    xx += dx * dx / n;
    yy += dy * dy / n;
  }
  const double largest = std::sqrt(std::max(xx, yy));
  // If all points are the same, only rounding errors remain.
  const bool same = largest <= 1e-6 * std::max(std::abs(x), std::abs(y));
  const double scale = same || largest == 0 ? 0 : deviation / largest;
  for (Point& point : points) {
    point = {static_cast<float>((static_cast<double>(point.x) - x) * scale),
             static_cast<float>((static_cast<double>(point.y) - y) * scale)};
  }
}

}  // namespace segue::layout
