// Matrix factorisation of implicit feedback by alternating least squares (Hu, Koren, Volinsky 2008,
// doi:10.1109/ICDM.2008.22).
//
// If queue q has song i with count r, preference p = 1 and confidence c = 1 + alpha r; else p = 0 and c = 1.
//   sum over all q, i of c (p - x_q . y_i)^2 + regularisation (sum |x_q|^2 + sum |y_i|^2)
// is minimised by solving exactly (Cholesky) for all x with y fixed, then for all y with x fixed, and so on.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "segue/base/progress.h"
#include "segue/data/dataset/queues.h"
#include "segue/math/matrix.h"

namespace segue::evaluate {

struct AlsOptions {
  std::uint32_t dim = 64;
  double alpha = 10;
  double regularisation = 1;
  std::uint32_t iterations = 10;
  std::uint64_t seed = 1;
  std::size_t threads = 1;
};

struct AlsFactors {
  math::Matrix queues;  // x, queues x dim
  math::Matrix songs;   // y, songs x dim
};

// Initial values of y: uniform on +-0.5 / dim.
math::Matrix initial_song_factors(std::uint32_t song_count, const AlsOptions& options);

// The same result with any number of threads. Throws interrupted.
AlsFactors factorise(const data::Queues& queues, std::uint32_t song_count, const AlsOptions& options,
                     Progress& progress, const std::stop_token& stop);

// Solves x for the songs of any queue with y fixed, as a half step of factorise() does. Holds the buffers of one
// thread. Views the factors.
class AlsFold {
 public:
  AlsFold(math::MatrixView<const float> songs, const math::Matrix& gram, const AlsOptions& options);
  // Songs may repeat; `out` has dim numbers.
  void solve(std::span<const std::uint32_t> songs, std::span<float> out);

 private:
  math::MatrixView<const float> songs_;
  const math::Matrix& gram_;
  const AlsOptions options_;
  math::Matrix system_;
  std::vector<std::uint32_t> sorted_;
};

// The sum over rows y of y y', with `regularisation` added on the diagonal: dim x dim.
math::Matrix gram_of(math::MatrixView<const float> rows, double regularisation);

}  // namespace segue::evaluate
