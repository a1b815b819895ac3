// Fits the weights of the blend to a dataset.
//
// Coordinate ascent on NDCG@10 at the validation positions of discovery mode. One weight at a time is tried a step up
// and down, and a step is taken if it gains more than its standard error. Held-out queues that depend on each other
// count as one, so that a few long playlists decide nothing. NDCG is maximised rather than a likelihood, because the
// likelihood of the next song is mostly gained far down the list, where nobody looks.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/positions.h"
#include "segue/evaluate/split.h"
#include "segue/model/blend_weights.h"
#include "segue/recommend/blend.h"

namespace segue::evaluate {

struct BlendFitOptions {
  std::uint32_t heard = 0;               // as in list_positions()
  std::uint32_t most_positions = 5'000;  // evenly spaced over all of them
  Mode mode = Mode::discovery;
  std::uint32_t rounds = 3;  // passes over all weights, at most
};

struct BlendFit {
  model::BlendWeights weights;
  std::uint64_t positions = 0;  // used, including those with an unknown next song, which are misses
  double ndcg_before = 0;       // NDCG@10 with the initial weights
  double ndcg = 0;              // and with the fitted weights
};

// Starts from `start`. The same with any number of threads, given the same song vectors. REQUIRES: `split` is a
// SplitPart::validation split of `dataset`, and `ingredients` are of its training set. Throws bad_input if no position
// has a known next song, and interrupted.
BlendFit fit_blend(const data::Dataset& dataset, const Split& split, Ingredients& ingredients,
                   const model::BlendWeights& start, const BlendFitOptions& options);

}  // namespace segue::evaluate
