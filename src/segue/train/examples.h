// Turns queues into training examples: subsampling, windows and noise songs, as published.
//
// All random numbers of training are drawn here, from streams that belong to a block of queues in an epoch, so the
// examples of a block do not depend on the thread or the order in which blocks are trained.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "segue/base/random.h"
#include "segue/data/dataset/queues.h"
#include "segue/train/noise_pool.h"
#include "segue/train/options.h"
#include "segue/train/vocabulary.h"

namespace segue::train {

// Purposes of random streams: each (seed, purpose, epoch, number) has its own sequence.
enum class Draw : std::uint64_t { initial_vectors, block_order, subsampling, windows, noise, rounding, exchange };
Random random_stream(std::uint64_t seed, Draw purpose, std::uint64_t epoch, std::uint64_t number);

// Of a block, about.
inline constexpr std::uint64_t kPlaysInBlock = 10'000;

// Queues begin ... end-1, assigned to one worker at a time.
struct Block {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Divides the queues into blocks of about `plays` plays; no queue is split. Blocks of one's own queues are there
// `own_weight` times, if there are others.
std::vector<Block> cut_into_blocks(const data::Queues& queues, std::uint64_t plays, std::uint32_t own_weight = 1);

// The numbers of the blocks in the order of an epoch (from 0), shuffled by the seed.
std::vector<std::uint32_t> block_order(std::size_t blocks, std::uint64_t seed, std::uint32_t epoch);

// The input of one step (step.h).
struct Example {
  std::vector<std::uint32_t> inputs;   // song rows; skip-gram: the centre; CBOW: its context, in queue order
  std::vector<std::uint32_t> outputs;  // skip-gram: songs of the context; CBOW: the centre; then the noise songs
  std::size_t played = 0;              // of the outputs, the others are noise
  float noise_weight = 1;
  std::uint64_t plays_before = 0;  // plays of vocabulary songs in the block before this example's queue

  // Rows that the preceding examples did not use, which are worth prefetching.
  std::vector<std::uint32_t> fresh_inputs;
  std::vector<std::uint32_t> fresh_outputs;
};

// The examples of one block. The vocabulary and the queues have to outlive it.
//
// Each queue is passed over as often as queue_passes.h says. Plays of songs outside the vocabulary are
// skipped; each of the others is kept with its probability; then each remaining play is a centre, its context the plays
// at most w to either side, w = window or uniform on 1 ... window. A noise song that equals a played one of its example
// is dropped without a replacement, as in word2vec.c.
//
// negative_sharing determines what an example is, and where its `negatives` noise songs come from:
//   pair    skip-gram: the centre and one song of its context; fresh draws of weight 1. As published.
//   window  skip-gram: the centre and its whole context, in parts of at most kPlayedAtOnce songs; fresh draws, each
//           with a weight of the songs it stands against, so that every pair has as much noise as with `pair`
//           (Ji, Satish, Li, Dubey 2016, arXiv:1604.04661). With a context of one song it is `pair`.
//   block   the same with negative_pool noise songs shared by negative_block successive windows (noise_pool.h); their
//           weights make up for their number. With a block of one window and a pool of
//           `negatives` songs it is `window`.
// CBOW has one pair a window, the centre and all of its context, so `pair` and `window` are the same to it.
class ExampleStream {
 public:
  // A larger context would pull its centre too far in one step for any step size.
  static constexpr std::size_t kPlayedAtOnce = 16;

  ExampleStream(const data::Queues& queues, const Vocabulary& vocabulary, const TrainOptions& options,
                std::uint32_t epoch, std::size_t block_number, Block block);
  ExampleStream(const ExampleStream&) = delete;

  // Overwrites `example` with the next one; false when there is none.
  bool next(Example& example);

  std::uint64_t plays_seen() const { return plays_seen_; }  // of vocabulary songs, in the queues trained so far
  std::uint64_t plays_kept() const { return plays_kept_; }  // those left after subsampling

 private:
  bool open_centre();
  bool open_queue();
  void add_context(std::vector<std::uint32_t>& songs, std::vector<std::uint32_t>& fresh, std::size_t most);
  void add_noise(Example& example);

  const data::Queues& queues_;
  const Vocabulary& vocabulary_;
  const TrainOptions& options_;
  Random subsampling_;
  Random windows_;
  NoisePool noise_;
  float noise_per_played_;
  std::size_t played_at_once_;
  std::size_t next_queue_;
  std::size_t end_queue_;
  std::size_t queue_ = 0;
  std::uint32_t passes_left_ = 0;     // over it
  std::vector<std::uint32_t> songs_;  // of the queue, after subsampling
  std::size_t centre_ = 0;            // in songs_; its window is [first_, last_), itself included
  std::size_t first_ = 0;
  std::size_t last_ = 0;
  std::size_t next_context_ = 0;  // the next one in the window; never the centre
  std::size_t met_ = 0;           // the first of songs_ that was in no context yet
  std::uint64_t plays_before_ = 0;
  std::uint64_t plays_seen_ = 0;
  std::uint64_t plays_kept_ = 0;
};

}  // namespace segue::train
