// t-SNE (van der Maaten, Hinton 2008) by interpolation on a grid (FIt-SNE: Linderman, Rachh, Hoskins, Steinerberger,
// Kluger 2019, arXiv:1712.09005), in time and memory proportional to the number of songs.
//
// Points y_i are moved so that their similarity q_ij = w_ij / Z, w_ij = 1 / (1 + |y_i - y_j|^2), Z = sum of all w,
// approaches the affinities p_ij: gradient descent on KL = sum p_ij log(p_ij / q_ij), whose gradient is
//   4 (sum_j p_ij w_ij (y_i - y_j)  -  sum_j w_ij^2 (y_i - y_j) / Z).
// The first sum has a term for each affinity (tsne_kernels.h). The second, over all pairs, is a convolution computed on
// a grid by the fast Fourier transform (repulsion.h). docs/how-it-works.md has the details.
#pragma once

#include <array>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "segue/base/options.h"
#include "segue/base/progress.h"
#include "segue/layout/affinities.h"
#include "segue/layout/layout.h"

namespace segue::layout {

struct TsneOptions {
  double perplexity = 30;
  std::uint32_t iterations = 750;
  double exaggeration = 12;
  std::uint32_t exaggeration_iterations = 250;
  double late_exaggeration = 1;
  double learning_rate = 0;
  bool fast = false;
  std::uint32_t threads = 0;
  std::uint64_t seed = 1;
};

}  // namespace segue::layout

namespace segue {

template <>
struct OptionsOf<layout::TsneOptions> {
  static constexpr std::string_view section = "map";
  static constexpr std::array rows = {
      option<&layout::TsneOptions::perplexity>("perplexity", "Effective number of neighbours of a song",
                                               between(1, 1000)),
      option<&layout::TsneOptions::iterations>("iterations", "Steps of gradient descent in total", between(1, 100000)),
      option<&layout::TsneOptions::exaggeration>("exaggeration", "How much stronger songs attract each other at first",
                                                 between(1, 1000)),
      option<&layout::TsneOptions::exaggeration_iterations>("exaggeration_iterations", "Steps with --exaggeration",
                                                            between(0, 100000)),
      option<&layout::TsneOptions::late_exaggeration>(
          "late_exaggeration", "The same for the steps after that; above 1 makes clusters tighter", between(1, 1000)),
      option<&layout::TsneOptions::learning_rate>("learning_rate", "Step size; 0 chooses one for the number of songs",
                                                  between(0, 1e9)),
      option<&layout::TsneOptions::fast>(
          "fast", "Use 15 neighbours of each song with equal weights, instead of 3 times --perplexity"),
      option<&layout::TsneOptions::threads>("threads", "Threads to use, 0 for all cores", between(0, 1024)),
      option<&layout::TsneOptions::seed>("seed", "Seed of all random numbers", at_least(0)),
  };
};
SEGUE_CHECK_OPTIONS(layout::TsneOptions);

}  // namespace segue

namespace segue::layout {

// How many neighbours make_affinities needs with these options.
constexpr std::size_t neighbours_for(const TsneOptions& options) {
  return options.fast ? 15 : neighbours_for(options.perplexity);
}

struct TsneLoss {
  std::uint32_t iteration = 0;  // steps done
  double kl = 0;                // of the affinities without exaggeration
};

struct TsneResult {
  Layout points;                 // their mean is 0
  double kl = 0;                 // at the end
  std::vector<TsneLoss> losses;  // every 50 steps, and at the end
};

// Moves the points of `start` (principal_components, or start_like of placement.h). Points that start at the same place
// are separated at random, the only use of the seed. The same input gives the same bytes with any number of threads on
// machines with the same SIMD registers, whose width determines the order of sums. Takes the affinities because it
// reorders them: std::move them in, they are the largest object here. Throws wrong_use if start and the affinities
// differ in size, interrupted when asked to stop.
TsneResult fit_tsne(Affinities affinities, Layout start, const TsneOptions& options, Progress& progress,
                    const std::stop_token& stop);

}  // namespace segue::layout
