// Which set of options to try next.
//
// The first ones are known from elsewhere to be good on playlists. Then come points that lie evenly in the space (the
// sequence of Halton 1960, shifted by the seed), and, as soon as there is something to learn from,
// points that are likely under the good trials and unlikely under the others: the tree-structured Parzen estimator
// (Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization"), fitted on the highest rung that has enough
// trials (Falkner et al. 2018, arXiv:1807.01774). Every third stays an even point, so that no region is given up for
// ever.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "segue/base/random.h"
#include "segue/evaluate/tuning/space.h"
#include "segue/evaluate/tuning/trial.h"

namespace segue::evaluate {

// The set of options with that number, from 1, after `trials`: the same each time for the same arguments. Different
// from all that were tried, as long as chance finds one. Its epochs are those of space.given.
train::TrainOptions propose(const Space& space, std::uint32_t number, std::span<const Trial> trials,
                            std::uint64_t seed);

// The point with that index, from 0, of the even sequence, shifted by the seed.
std::vector<double> even_point(std::size_t dimensions, std::uint64_t index, std::uint64_t seed);

// A mixture over the unit cube that each point adds a bump to, beside one even share: dimensions are independent of
// each other. For a choice of n values a bump is a share of its value.
class ParzenEstimate {
 public:
  // values[d]: how many values dimension d has if it is a choice, else 0.
  ParzenEstimate(std::vector<std::vector<double>> points, std::vector<std::size_t> values);
  double log_density(std::span<const double> point) const;
  std::vector<double> draw(Random& random) const;

 private:
  double density(std::size_t dimension, double at) const;

  std::vector<std::vector<double>> points_;
  std::vector<std::size_t> values_;
  std::vector<double> widths_;  // of the bumps of each dimension
};

}  // namespace segue::evaluate
