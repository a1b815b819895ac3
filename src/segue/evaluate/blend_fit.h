// Fits the weights of the blend to a dataset.
//
// Coordinate ascent on NDCG@10 at validation positions. One weight at a time is tried a few steps up and down, and a
// step is taken if it gains more than its standard error. Held-out queues that depend on each other count as one, so
// that a few long playlists decide nothing, and little data leaves the weights where they start. NDCG is maximised
// rather than a likelihood, because the likelihood of the next song is mostly gained far down the list, where nobody
// looks.
//
// A teacher from outside has to earn its place: unless it gains more than its standard error, its weight becomes 0.
//
// A round finds the candidates at each position, keeps the best of them, and then varies every weight of
// recommend/blend_terms.h, and every parameter of the evidence, for these. The next round finds candidates anew.
#pragma once

#include <array>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/knowledge.h"
#include "segue/evaluate/positions.h"
#include "segue/evaluate/split.h"
#include "segue/model/blend_weights.h"
#include "segue/recommend/blend_terms.h"

namespace segue::evaluate {

struct BlendFitOptions {
  Mode mode = Mode::discovery;                 // or next; with SplitKind::last_song always any
  std::uint32_t heard = 0;                     // as in list_positions()
  std::uint32_t most_positions = 4'000;        // evenly spaced over all of them
  std::uint32_t rounds = 3;                    // at most
  recommend::TeacherSource teacher = nullptr;  // of the songs of the split
};

struct BlendFit {
  model::BlendWeights weights;
  std::uint64_t positions = 0;  // used, including those with an unknown next song, which are misses
  double ndcg_before = 0;       // NDCG@10 with the initial weights
  double ndcg = 0;              // and with the fitted weights
  // What each term adds to it: NDCG@10 falls by so much if its weight becomes 0. 0 where the weight is.
  std::array<double, recommend::kTerms> worth{};
};

// Starts from `start`. The same with any number of threads, given the same song vectors. REQUIRES: `split` is of
// `dataset`, `ingredients` are of its training set, with knowledge of it. Throws bad_input if no position has a known
// next song, and interrupted.
BlendFit fit_blend(const data::Dataset& dataset, const Split& split, Ingredients& ingredients,
                   const model::BlendWeights& start, const BlendFitOptions& options);

}  // namespace segue::evaluate
