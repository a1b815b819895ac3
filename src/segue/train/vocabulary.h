// The songs that are trained, how often each is skipped or drawn as noise, and how often queues are passed over.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "segue/train/alias_table.h"
#include "segue/train/options.h"
#include "segue/train/queue_passes.h"

namespace segue::train {

// Songs 0 ... size-1 of the catalogue.
struct Vocabulary {
  std::uint32_t size = 0;
  std::uint64_t plays = 0;  // of these songs, in an epoch
  std::vector<float> keep;  // probability that subsampling keeps a play of song i
  AliasTable noise;         // P(i) ~ plays^negative_exponent
  QueuePasses passes{};
};

// `plays` as for train_vectors, and how often each song is met in an epoch on average, if that is not the same
// (own_weight, decay). Throws bad_input when no song has min_plays.
Vocabulary make_vocabulary(std::span<const std::uint64_t> plays, std::span<const double> in_an_epoch,
                           const TrainOptions& options);
Vocabulary make_vocabulary(std::span<const std::uint64_t> plays, const TrainOptions& options);

// The probability that subsampling keeps a play of a song with share f of all plays: min(1, sqrt(t / f)), t > 0
// (arXiv:1310.4546, equation 5). word2vec.c keeps sqrt(t / f) + t / f, which is more, above all near f = t.
double keep_probability(double share, double subsample);

}  // namespace segue::train
