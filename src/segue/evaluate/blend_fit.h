// The weights of the blend, fitted to a dataset.
//
// Coordinate ascent on NDCG@10 of the positions held out for validation, in discovery mode: one weight at a time is
// tried a step up and down, and a step is taken where it gains more than its standard error, the held-out queues that
// depend on each other taken as one (so that a few long playlists decide nothing). NDCG itself is maximised, not a
// likelihood: the likelihood of the song that came next is won among the places far down the list, where nobody looks.
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
  std::uint32_t heard = 0;                // as list_positions()
  std::uint32_t most_positions = 10'000;  // evenly over all of them
  std::uint32_t rounds = 3;               // over all weights, at most
};

struct BlendFit {
  model::BlendWeights weights;
  std::uint64_t positions = 0;  // asked; the next song of some is unknown, which is a miss
  double ndcg_before = 0;       // NDCG@10 with the weights started from
  double ndcg = 0;              // and with those found
};

// Starts from `start`. The same with any number of threads where `ingredients` are. REQUIRES: `split` is of
// SplitPart::validation of `dataset`, `ingredients` of its training set. Throws bad_input where no position has a known
// song, interrupted.
BlendFit fit_blend(const data::Dataset& dataset, const Split& split, Ingredients& ingredients,
                   const model::BlendWeights& start, const BlendFitOptions& options);

}  // namespace segue::evaluate
