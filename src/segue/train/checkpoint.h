// The state of a training run, from which it can be resumed as if it had never stopped.
//
// All random numbers come from streams that belong to a block of queues in an epoch, so between two blocks the state is
// the two matrices, the position, and the sums behind the reports. The trainer passes these to a CheckpointSink and
// takes them from a CheckpointSource; how they are stored is not its concern (checkpoint_folder.h: in a folder).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "segue/math/matrix.h"

namespace segue::train {

// The result of one pass over all plays.
struct EpochReport {
  std::uint32_t epoch = 0;  // from 1
  double sample_loss = 0;   // after the epoch, of the fixed sample of loss_sample.h: comparable between options
  double mean_loss = 0;     // mean over the trained pairs, each before its step, in nats; not comparable
  std::uint64_t pairs = 0;  // positive (input, output) pairs trained; for CBOW one for each centre with a context
  std::uint64_t plays = 0;  // plays left after subsampling
  double seconds = 0;       // of training: neither checkpoints nor sample_loss are counted
};

// The position of a training run between two blocks.
struct TrainingPosition {
  std::vector<EpochReport> epochs;  // the finished ones
  std::uint64_t blocks = 0;         // of an epoch
  std::uint64_t blocks_done = 0;    // of the current epoch: the first ones of its order
  std::uint64_t plays_done = 0;     // of vocabulary songs, over all epochs, before subsampling
  double untrained_loss = 0;        // sample_loss before the first epoch
  // Sums over the blocks done of the current epoch.
  double loss_sum = 0;
  std::uint64_t pairs = 0;
  std::uint64_t plays_kept = 0;
  double seconds = 0;
};

// One of the matrices as raw memory, whatever its element type.
struct RowBytes {
  std::byte* data = nullptr;
  std::size_t rows = 0;
  std::size_t row_bytes = 0;     // of a row without its padding
  std::size_t stride_bytes = 0;  // from one row to the next
  std::string_view element;      // "f32", "bf16"
  // Of the whole rows, where these are some of their columns; as above otherwise.
  std::size_t skipped_bytes = 0;  // before these columns
  std::size_t whole_row_bytes = row_bytes;
};
template <class Number>
RowBytes row_bytes_of(math::MatrixView<Number> matrix) {
  return {reinterpret_cast<std::byte*>(matrix.data), matrix.rows, matrix.columns * sizeof(Number),
          matrix.stride * sizeof(Number), sizeof(Number) == sizeof(math::Bf16) ? "bf16" : "f32"};
}

struct TrainingMatrices {
  RowBytes vectors;  // W1
  RowBytes context;  // W2
};

class CheckpointSink {
 public:
  virtual ~CheckpointSink() = default;
  // Called after each block, by one worker at a time: whether training should halt for a checkpoint now. Fast.
  virtual bool due() = 0;
  // Called while all workers rest: when a checkpoint is due, when training is asked to stop, and when it is done. The
  // matrices are only read, and only until write returns.
  virtual void write(const TrainingPosition& position, const TrainingMatrices& matrices) = 0;
};

class CheckpointSource {
 public:
  virtual ~CheckpointSource() = default;
  virtual const TrainingPosition& position() const = 0;
  // Fills the rows. Throws corrupt if the checkpoint has another shape or element type, or is damaged.
  virtual void load(const TrainingMatrices& matrices) const = 0;
};

// Checkpoints of train_vectors; by default none. Neither is owned.
struct Checkpoints {
  CheckpointSink* sink = nullptr;
  const CheckpointSource* source = nullptr;  // to resume from, instead of starting over
};

}  // namespace segue::train
