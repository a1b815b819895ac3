// Where rows start, drawn or taken from an earlier model; of all their columns, or of some.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "segue/base/parallel.h"
#include "segue/math/matrix.h"
#include "segue/train/examples.h"
#include "segue/train/options.h"
#include "segue/train/trainer.h"

namespace segue::train {

inline constexpr std::size_t kRowsAtOnce = 4096;

inline void set_number(float& number, float to, Random&) {
  number = to;
}
inline void set_number(math::Bf16& number, float to, Random& random) {
  number = math::round_stochastically(to, static_cast<std::uint32_t>(random()));
}

// The columns of W1 from `first` on. Each row has its own random stream, so the number of threads makes no difference,
// nor, for floats, which of its columns are wanted.
template <class Number>
void set_initial_vectors(math::MatrixView<Number> view, std::size_t first, const TrainOptions& options,
                         std::size_t threads) {
  const float range = 2 * kInitialReach / std::sqrt(static_cast<float>(options.dim));
  parallel_for(view.rows, kRowsAtOnce, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t song = begin; song < end; ++song) {
      Random random = random_stream(options.seed, Draw::initial_vectors, 0, song);
      for (std::size_t i = 0; i < first; ++i) random.uniform_float();
      for (Number& number : view[song]) set_number(number, (random.uniform_float() - 0.5F) * range, random);
    }
  });
}

// The columns from `first` on over the initial vectors, where the start knows better.
template <class Number>
void set_start(math::MatrixView<Number> vectors, math::MatrixView<Number> context, std::size_t first,
               const StartRows& start, const TrainOptions& options, std::size_t threads) {
  parallel_for(vectors.rows, kRowsAtOnce, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<float> vector(options.dim);
    std::vector<float> other(options.dim);
    for (std::size_t song = begin; song < end; ++song) {
      if (!start(static_cast<std::uint32_t>(song), vector, other)) continue;
      Random random = random_stream(options.seed, Draw::initial_vectors, 1, song);
      for (std::size_t i = 0; i < vectors.columns; ++i) set_number(vectors.row(song)[i], vector[first + i], random);
      for (std::size_t i = 0; i < context.columns; ++i) set_number(context.row(song)[i], other[first + i], random);
    }
  });
}

}  // namespace segue::train
