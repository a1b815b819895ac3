// Turning one set of vectors onto another (orthogonal Procrustes: Schönemann 1966, "A generalized solution of the
// orthogonal Procrustes problem", Psychometrika 31).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace segue::math {

// A rotation, perhaps with a reflection, of rows of `dim` numbers: y = x R with R R^T = 1. Dot products and lengths
// stay as they are. Thread safe.
class Rotation {
 public:
  explicit Rotation(std::size_t dim);  // the identity

  std::size_t dim() const { return dim_; }
  // Replaces rows, one after another in memory. REQUIRES: rows.size() is a multiple of dim().
  void apply(std::span<float> rows) const;

 private:
  friend class RotationFit;
  std::size_t dim_;
  std::vector<float> matrix_;  // row by row
};

// Collects pairs of vectors and finds the rotation with the least sum of squares |x R - y|^2 over all pairs.
class RotationFit {
 public:
  explicit RotationFit(std::size_t dim);

  // Pairs of rows, one after another in memory, scaled by the caller as they shall count. Not thread safe. REQUIRES:
  // both spans of the same size, a multiple of dim.
  void add(std::span<const float> x, std::span<const float> y);
  // The identity if all products added were 0.
  Rotation rotation() const;

 private:
  std::size_t dim_;
  std::vector<double> products_;  // sum of x^T y, row by row
};

}  // namespace segue::math
