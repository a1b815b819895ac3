// How strongly each pair of songs attracts each other: the input of t-SNE (van der Maaten, Hinton 2008).
//
// Song i weighs its k nearest songs by a Gaussian,
//   p(j|i) = exp(-b_i d_ij^2) / sum over neighbours l of exp(-b_i d_il^2),
// whose width is chosen so that the perplexity exp(-sum p(j|i) log p(j|i)) is the one requested: it covers about that
// many neighbours, in crowded places and in sparse ones. The affinity of a pair is (p(j|i) + p(i|j)) / 2n.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace segue::layout {

// The k nearest rows of each row, in any order. Does not own its memory.
struct NeighbourView {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();  // fills up rows with fewer than k

  std::size_t n = 0;
  std::size_t k = 0;
  std::span<const std::uint32_t> rows;       // n * k
  std::span<const float> squared_distances;  // n * k, not negative, finite; ignored if the row is kNone
};

// A sparse symmetric n x n matrix whose values add up to 1. A song without neighbours has an empty row.
struct Affinities {
  std::vector<std::uint64_t> offsets;  // n + 1: row i is columns and values [offsets[i], offsets[i + 1])
  std::vector<std::uint32_t> columns;  // ascending within a row
  std::vector<float> values;

  std::size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }
};

// How many neighbours a perplexity needs: three times as many. Beyond them the Gaussian is negligible.
constexpr std::size_t neighbours_for(double perplexity) {
  const auto whole = static_cast<std::size_t>(3 * perplexity);
  return static_cast<double>(whole) < 3 * perplexity ? whole + 1 : whole;
}

// Writes the probabilities p(j|i) of one song to `out`, with the requested perplexity to a relative 1e-5. Returns b.
// Two cases have no such b: if the perplexity is the number of neighbours or more, or all are at the same distance, all
// are equal and b is 0; if at least that many share the smallest distance, only these are above 0, equally, and b is
// infinity. REQUIRES: out.size() == squared_distances.size().
double conditional_affinities(std::span<const float> squared_distances, double perplexity, std::span<float> out);

// The affinities of all songs. A row among its own neighbours is skipped. The result does not depend on `threads` (0:
// all cores). Memory in addition to the result: 4 bytes a neighbour. Throws wrong_use for a perplexity below 1,
// bad_input if a neighbour's row is beyond n or a distance is not a number.
Affinities make_affinities(const NeighbourView& neighbours, double perplexity, std::size_t threads = 0);

}  // namespace segue::layout
