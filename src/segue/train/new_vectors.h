// Vectors of songs that came after training: steps of training's own objective, with all trained songs frozen.
//
// Of a new song x, whose plays lie near plays of trained songs c, the objective of skip-gram with negative sampling is
//
//     sum_c w(c) (log s(v_x . u_c) + sum_n log s(-v_x . u_n))      for its song vector v_x, n drawn as in training
//     sum_c w(c)  log s(v_c . u_x) + sum_c' log s(-v_c' . u_x)     for its context vector u_x
//
// (Mikolov et al. 2013, arXiv:1310.4546, eq. 4), where w(c) is how often training would have kept the pair: the chance
// that its window reaches c, times that of subsampling. The songs c' are those for whose pairs training would have
// drawn x as noise. Both are convex, and a song of a few plays takes a few thousand products. For CBOW the same pairs
// are taken, one context song at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "segue/data/dataset/song_row.h"
#include "segue/math/matrix.h"
#include "segue/train/alias_table.h"
#include "segue/train/options.h"

namespace segue::train {

// A trained song played near a new one, `distance` songs apart.
struct NearPlay {
  data::SongRow song = 0;
  std::uint32_t distance = 1;
};

// Views of trained vectors. Thread safe.
class NewVectors {
 public:
  // `vectors`, `context`: songs x dim, of the trained songs; `plays` of each.
  NewVectors(math::MatrixView<const float> vectors, math::MatrixView<const float> context,
             std::span<const std::uint64_t> plays, const TrainOptions& options);

  // Moves `vector` and `context`, dim floats each, from where they start to where the passes of training over these
  // pairs take them. `plays`: of the new song. The same arguments give the same vectors. REQUIRES: trained songs,
  // distances of at least 1.
  void fit(std::span<const NearPlay> near, std::uint64_t plays, std::uint64_t stream, std::span<float> vector,
           std::span<float> context) const;

 private:
  float weight_of(const NearPlay& pair) const;
  double noise_of(std::uint64_t plays) const;

  math::MatrixView<const float> vectors_;
  math::MatrixView<const float> context_;
  TrainOptions options_;
  std::vector<float> keep_;  // of each song: the chance that subsampling keeps a play
  AliasTable noise_;         // ~ plays^negative_exponent
  AliasTable centres_;       // ~ plays kept
  double plays_kept_ = 0;
  double noise_sum_ = 0;  // of plays^negative_exponent
};

}  // namespace segue::train
