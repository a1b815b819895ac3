// A loss that can be compared between training runs.
//
// The loss that training sees belongs to its own pairs and noise: with more negatives, another exponent, wider windows
// or less subsampling it is another quantity. So training also reports the loss on a fixed sample that depends only on
// the queues and the vocabulary (that is, --min-plays):
//
//  - kPairs pairs, drawn as a window of 1 ... kWindow does without subsampling: a play of a vocabulary song (the
//    centre), a reach r and one of the plays within r of it in the same queue, other songs omitted; all (centre, r,
//    play) equally likely, so that a play at distance d is drawn with a weight of kWindow - d + 1. With replacement.
//  - kNoise noise songs for each, drawn by plays^kNoiseExponent. One that equals the positive is skipped.
//  - from a random stream that no seed changes.
//
// The loss of a pair is -log s(o.h) - sum over noise of log s(-n.h), in nats (step.h). For skip-gram h is the centre's
// row of W1 and o the other play's row of W2. CBOW predicts in the other direction, so there h is the mean of the rows
// of W1 of all plays within r of the centre, and o the centre's row of W2. The noise is the same and so is the scale
// (an untrained model has (kNoise + 1) log 2, a little less for skipped noise), but h has more information: compare
// losses of two architectures with care.
//
// The pairs are among those that are trained: the loss measures how well training fits, not recommendations.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "segue/data/dataset/queues.h"
#include "segue/math/matrix.h"
#include "segue/train/options.h"

namespace segue::train {

struct SampledPair {
  static constexpr std::uint32_t kWindow = 5;
  static constexpr std::size_t kNoise = 5;

  std::uint32_t centre = 0;
  std::uint32_t neighbour = 0;                                    // one of the context
  std::array<std::uint32_t, std::size_t{2} * kWindow> context{};  // the first context_size: all plays within the reach
  std::uint32_t context_size = 0;
  std::array<std::uint32_t, kNoise> noise{};
};

struct LossSample {
  static constexpr std::size_t kPairs = 10'000;
  static constexpr double kNoiseExponent = 0.75;

  std::vector<SampledPair> pairs;  // kPairs; none if no queue has two plays of the vocabulary
};

// `plays` of the songs of the vocabulary, which come first. Reads all queues twice, with `threads` threads; the result
// does not depend on their number. Needs a few MB temporarily, and 24 bytes for each song.
LossSample draw_loss_sample(const data::Queues& queues, std::span<const std::uint64_t> plays, std::size_t threads);

// The `length` numbers of a song's row: in place, or written to `scratch`. Thread safe.
using ReadRow = std::function<const float*(std::uint32_t song, float* scratch)>;
ReadRow read_rows_of(math::MatrixView<const float> matrix);
ReadRow read_rows_of(math::MatrixView<const math::Bf16> matrix);

// The mean over the sample, 0 for an empty one. Rows have `length` numbers. The same for any number of threads.
double mean_loss(const LossSample& sample, Architecture architecture, const ReadRow& vectors, const ReadRow& context,
                 std::size_t length, std::size_t threads);

}  // namespace segue::train
