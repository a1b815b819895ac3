// Proposes the next set of options to try.
//
// The first sets are known to work well on playlists. Then come points that cover the space evenly (the sequence of
// Halton 1960, shifted by the seed). Once there are enough trials to learn from, points are proposed that are likely
// under the good trials and unlikely under the others: the tree-structured Parzen estimator (Bergstra et al. 2011,
// "Algorithms for Hyper-Parameter Optimization"), fitted on the highest rung with enough trials (Falkner et al. 2018,
// arXiv:1807.01774). Every third proposal remains an even point, so that no region is abandoned for good.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "segue/base/random.h"
#include "segue/evaluate/tuning/space.h"
#include "segue/evaluate/tuning/trial.h"

namespace segue::evaluate {

// The set of options of that number, from 1, after `trials`. The same arguments give the same set. It differs from all
// sets tried, unless a bounded number of random draws finds no new one. Its epochs are those of space.given.
train::TrainOptions propose(const Space& space, std::uint32_t number, std::span<const Trial> trials,
                            std::uint64_t seed);

// The point of that index, from 0, of the even sequence, shifted by the seed.
std::vector<double> even_point(std::size_t dimensions, std::uint64_t index, std::uint64_t seed);

// A mixture over the unit cube: a bump at each point, and one uniform share. Dimensions are independent. For a choice
// of n values, a bump is the share of its value.
class ParzenEstimate {
 public:
  // values[d]: the number of values of dimension d if it is a choice, else 0.
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
