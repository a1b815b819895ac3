// Training: queues in, song and context vectors out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "segue/base/progress.h"
#include "segue/data/dataset/queues.h"
#include "segue/train/checkpoint.h"
#include "segue/train/communicator.h"
#include "segue/train/kernels/step.h"
#include "segue/train/options.h"
#include "segue/train/rank_options.h"
#include "segue/train/trained_matrix.h"

namespace segue::train {

// W1 starts uniform on +-kInitialReach / sqrt(dim): rows of length near 0.4, whatever the dim. W2 starts at 0. The
// papers do not say how to start; with word2vec.c's +-0.5 / dim the first epochs are spent climbing away from 0
// (docs/decisions/0004).
inline constexpr float kInitialReach = 0.7F;

struct TrainedVectors {
  TrainedMatrix vectors;  // W1, songs x dim: the song vectors
  TrainedMatrix context;  // W2, songs x dim: the context vectors
  std::vector<EpochReport> epochs;
  double untrained_loss = 0;  // sample_loss before the first epoch
  ExchangeReport exchange{};  // with the other ranks
};

// The other processes that train the same vectors; by default there are none.
struct Ranks {
  Communicator* communicator = nullptr;
  RankOptions options{};
  std::filesystem::path scratch = ".";  // a folder on a disk, for vectors beyond memory

  // The one that measures, and writes what is made.
  bool is_first() const { return communicator == nullptr || communicator->rank() == 0; }
};

// Where a song's rows of W1 and W2 start: writes both, dim numbers each, and returns true; or returns false, and the
// song starts like one of a run from nothing. Thread safe.
using StartRows = std::function<bool(std::uint32_t song, std::span<float> vector, std::span<float> context)>;

// A run that continues an earlier one.
struct Start {
  StartRows rows{};                // of each song; empty: all start like those of a run from nothing
  std::vector<bool> fresh{};       // of each queue, whether the earlier run had not seen it; empty: none
  std::uint32_t fresh_passes = 1;  // over such a queue in an epoch
};

// `plays[i]` is how often song i is played in `queues`; songs come in descending order of plays, so those with at least
// min_plays are the first ones: only they are trained, the others are skipped as if never played. With one thread the
// result is the same bytes every time on every machine with the same SIMD target, even if training stopped at a
// checkpoint and was resumed (except for the seconds). A resumed run does not ask start.rows. REQUIRES:
// every option within the range of its row. Throws bad_input if no song has min_plays or no queue has two of them,
// interrupted when `stop` is requested (after a last checkpoint), corrupt if the checkpoint does not fit queues and
// options, wrong_use if min_learning_rate is above learning_rate or the loss diverges to infinity.
TrainedVectors train_vectors(const data::Queues& queues, std::span<const std::uint64_t> plays,
                             const TrainOptions& options, Progress& progress, std::stop_token stop,
                             const Checkpoints& checkpoints = {}, const Start& start = {}, const Ranks& ranks = {});

// The same with a given kernel, for tests.
TrainedVectors train_vectors_with(const StepKernel& kernel, const data::Queues& queues,
                                  std::span<const std::uint64_t> plays, const TrainOptions& options, Progress& progress,
                                  std::stop_token stop, const Checkpoints& checkpoints = {}, const Start& start = {},
                                  const Ranks& ranks = {});

// The number of leading songs with at least min_plays.
std::uint32_t trained_song_count(std::span<const std::uint64_t> plays, std::uint64_t min_plays);

}  // namespace segue::train
