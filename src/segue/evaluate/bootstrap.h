// Confidence intervals of means, by resampling whole units.
//
// Positions of one queue depend on each other, and so do snapshots of one playlist. Units are therefore drawn instead
// of positions (queues, or users and playlists if those are held out whole): as many as there are, with replacement.
// Every method sees the same draws, so that the interval of a difference between two methods is paired (Efron,
// Tibshirani 1993).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace segue::evaluate {

struct Interval {
  double low = 0;
  double high = 0;
};

// The sums of a metric by unit; a mean is the sum of sums over the sum of positions.
using UnitSums = std::vector<double>;

struct BootstrapResult {
  std::vector<Interval> means;        // of each metric
  std::vector<Interval> differences;  // of each metric minus its reference
};

// The middle 95 % over `resamples` samples. `positions[u]`: the number of positions of unit u. `references[m]`: the
// metric that metric m is compared with. NaN without positions. The result does not depend on `threads`.
BootstrapResult bootstrap(std::span<const UnitSums> metrics, std::span<const std::size_t> references,
                          std::span<const std::uint32_t> positions, std::uint32_t resamples, std::uint64_t seed,
                          std::size_t threads);

}  // namespace segue::evaluate
