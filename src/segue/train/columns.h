// Training by ranks that share out the columns of W1 and W2, for catalogues beyond one memory.
//
// Every rank goes through all plays and draws the same examples, but has only dim / ranks columns of each song's rows.
// It computes its part of the dot products of an example, the parts are summed over the ranks, and with the sums each
// rank makes the step in its own columns (Ordentlich et al. 2016, arXiv:1606.08495). No rows travel, only dot products,
// a batch of examples at a time: while the dot products of one batch are summed, those of the next are computed, from
// rows that do not have the steps of up to two batches yet. All ranks have the same sums, bit for bit, so with one
// thread a rank the result is the same bytes every time.
#pragma once

#include <cstddef>
#include <stop_token>

#include "segue/base/progress.h"
#include "segue/data/dataset/queues.h"
#include "segue/train/checkpoint.h"
#include "segue/train/kernels/step.h"
#include "segue/train/options.h"
#include "segue/train/trainer.h"
#include "segue/train/vocabulary.h"

namespace segue::train {

// A row's columns at one rank are a multiple of this: its floats fill cache lines.
inline constexpr std::size_t kColumnsAtOnce = 16;

// What train_vectors does, with the same contract; only rank 0 has the vectors in the end, in files in ranks.scratch.
// REQUIRES: several ranks. Throws wrong_use if they cannot share out the columns evenly.
template <class Number>
TrainedVectors train_columns(const StepKernel& kernel, const data::Queues& queues, std::span<const std::uint64_t> plays,
                             const Vocabulary& vocabulary, const TrainOptions& options, Progress& progress,
                             const std::stop_token& stop, const Checkpoints& checkpoints, const Start& start,
                             const Ranks& ranks);

extern template TrainedVectors train_columns<float>(const StepKernel&, const data::Queues&,
                                                    std::span<const std::uint64_t>, const Vocabulary&,
                                                    const TrainOptions&, Progress&, const std::stop_token&,
                                                    const Checkpoints&, const Start&, const Ranks&);
extern template TrainedVectors train_columns<math::Bf16>(const StepKernel&, const data::Queues&,
                                                         std::span<const std::uint64_t>, const Vocabulary&,
                                                         const TrainOptions&, Progress&, const std::stop_token&,
                                                         const Checkpoints&, const Start&, const Ranks&);

}  // namespace segue::train
