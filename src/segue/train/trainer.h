// Training: queues in, song and context vectors out.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "segue/base/progress.h"
#include "segue/data/queues.h"
#include "segue/math/matrix.h"
#include "segue/train/options.h"
#include "segue/train/step.h"

namespace segue {

// W1 starts uniform on +-kInitialReach / sqrt(dim): rows of length near 0.4, whatever the dim. W2 starts at 0. The
// papers do not say how to start; word2vec.c's +-0.5 / dim spends the first epochs climbing away from 0
// (docs/decisions/0004).
inline constexpr float kInitialReach = 0.7F;

// What one pass over all plays did.
struct EpochReport {
  std::uint32_t epoch = 0;  // from 1
  double mean_loss = 0;     // mean over these pairs of -log s(o.i) - sum over negatives log s(-n.i), in nats
  std::uint64_t pairs = 0;  // positive (input, output) pairs trained; for CBOW one for each centre with a context
  std::uint64_t plays = 0;  // plays left after subsampling
  double seconds = 0;
};

struct TrainedVectors {
  Matrix vectors;  // W1, songs x dim: the song vectors
  Matrix context;  // W2, songs x dim: the context vectors
  std::vector<EpochReport> epochs;
};

// `plays[i]` is how often song i is played in `queues`; songs come in descending order of plays, so that those with at
// least min_plays are the first ones: only they are trained, the others are passed over as if never played.
// With one thread the result is the same bytes every time, on every machine with the same SIMD target.
// REQUIRES: every option within the range of its row.
// Throws bad_input when no song has min_plays or no queue has two of them, interrupted when `stop` is requested,
// wrong_use when min_learning_rate is above learning_rate or the loss runs away to infinity.
TrainedVectors train_vectors(const Queues& queues, std::span<const std::uint64_t> plays, const TrainOptions& options,
                             Progress& progress, std::stop_token stop);

// The same with a kernel of the caller's choice, for tests and benchmarks.
TrainedVectors train_vectors_with(const StepKernel& kernel, const Queues& queues, std::span<const std::uint64_t> plays,
                                  const TrainOptions& options, Progress& progress, std::stop_token stop);

// The number of leading songs with at least min_plays.
std::uint32_t trained_song_count(std::span<const std::uint64_t> plays, std::uint64_t min_plays);

}  // namespace segue
