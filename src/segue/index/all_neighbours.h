// The nearest other rows of every row of a matrix: the input of a map.
//
// A few rows are all compared with each other (index/batch.h); the neighbours of many are found through a graph
// (index/graph.h), and each row's candidates are compared exactly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "segue/base/progress.h"
#include "segue/math/matrix.h"

namespace segue::index {

enum class Distance {
  euclidean,  // |a - b|^2
  cosine,     // the same of the rows scaled to length 1: 2 - 2 cos; a row of zeros stays one, at 1 from all others
};
inline constexpr std::array<std::string_view, 2> kDistanceNames = {"euclidean", "cosine"};
constexpr std::span<const std::string_view> names(Distance) {
  return kDistanceNames;
}

struct AllNeighboursOptions {
  Distance distance = Distance::cosine;
  // Up to this many rows are all compared with each other; with more, by cosine, the graph finds nearly all of the
  // nearest. By Euclidean distance all rows are always compared: a graph of directions does not know lengths.
  std::size_t exact_rows = 50'000;
  std::size_t threads = 0;  // 0: all cores
};

// Row i's neighbours are rows[i * k] ... rows[i * k + k - 1], the nearest first, ties by the smaller row.
struct NeighbourLists {
  std::size_t k = 0;
  std::vector<std::uint32_t> rows;
  std::vector<float> squared_distances;  // of the same places
};

// The k nearest other rows of every row, or all others if there are fewer: NeighbourLists::k is their number. Exact
// lists do not depend on the number of threads. Throws no_space, interrupted.
NeighbourLists all_neighbours(math::MatrixView<const float> vectors, std::size_t k, const AllNeighboursOptions& options,
                              Progress& progress, const std::stop_token& stop);

}  // namespace segue::index
