// How much each song wants to be near each other one: the input of t-SNE (van der Maaten, Hinton 2008).
//
// Song i looks at its k nearest songs through a Gaussian,
//   p(j|i) = exp(-b_i d_ij^2) / sum over neighbours l of exp(-b_i d_il^2),
// whose width is such that the perplexity exp(-sum p(j|i) log p(j|i)) is the one asked for: it sees about that many
// neighbours, in crowded places and in empty ones. The affinity of a pair is (p(j|i) + p(i|j)) / 2n.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace segue::layout {

// The k nearest rows of each row, in any order, in memory of somebody else.
struct NeighbourView {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();  // where a row has fewer than k

  std::size_t n = 0;
  std::size_t k = 0;
  std::span<const std::uint32_t> rows;       // n * k
  std::span<const float> squared_distances;  // n * k, not negative, finite; any where the row is kNone
};

// A symmetric n x n matrix with zeros left out; all values add up to 1. A song without neighbours has an empty row.
struct Affinities {
  std::vector<std::uint64_t> offsets;  // n + 1: row i is columns and values [offsets[i], offsets[i + 1])
  std::vector<std::uint32_t> columns;  // ascending within a row
  std::vector<float> values;

  std::size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }
};

// How many neighbours a perplexity needs: three times as many, beyond which the Gaussian is next to nothing.
constexpr std::size_t neighbours_for(double perplexity) {
  const auto whole = static_cast<std::size_t>(3 * perplexity);
  return static_cast<double>(whole) < 3 * perplexity ? whole + 1 : whole;
}

// The probabilities p(j|i) of one song, written to `out`, with a perplexity that is exact to 1e-5 of itself. All are
// equal where the perplexity asked for is the number of neighbours or more, or all are at one distance; where at least
// as many as asked for are nearest at one same distance, these share it alone. Returns b, 0 and infinity in these two
// cases. REQUIRES: out.size() == squared_distances.size().
double conditional_affinities(std::span<const float> squared_distances, double perplexity, std::span<float> out);

// The affinities of all songs. A row that names itself is passed over. The result does not depend on `threads` (0: all
// cores). Memory beside the result: 4 bytes a neighbour. Throws wrong_use for a perplexity below 1, bad_input where a
// neighbour's row is beyond n or a distance is no number.
Affinities make_affinities(const NeighbourView& neighbours, double perplexity, std::size_t threads = 0);

}  // namespace segue::layout
