#include "segue/layout/affinities.h"

#include <algorithm>
#include <cmath>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/layout/kernels/tsne_kernels.h"

namespace segue::layout {
namespace {

constexpr double kExact = 1e-7;  // of the logarithm of the perplexity
constexpr int kMostSteps = 200;  // Newton needs about five; bisecting the doubles needs fewer than this

// The b for which the perplexity of exp(-b d) is `perplexity`. The smallest distance has been subtracted from all, so
// that the weights cannot all vanish. The caller has handled the two cases without a finite b above 0.
double search(const std::vector<double>& distances, double perplexity) {
  const double wanted = std::log(perplexity);
  double sum = 0;
  for (const double distance : distances) sum += distance;
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  double b = static_cast<double>(distances.size()) / sum;
  for (int step = 0; step < kMostSteps; ++step) {
    const GaussianSums sums = all_tsne_kernels().best().gaussian_sums(distances.data(), distances.size(), b);
    const double mean = sums.distances / sums.weights;
    const double missing = std::log(sums.weights) + b * mean - wanted;  // of the entropy; it falls with b
    if (std::abs(missing) < kExact) break;
    (missing > 0 ? low : high) = b;
    // Newton in log b, in which the entropy is nearly linear; if it leaves the known interval, bisect.
    const double slope = b * b * (sums.squares / sums.weights - mean * mean);
    double next = slope > 0 ? b * std::exp(std::clamp(missing / slope, -3.0, 3.0)) : -1;
    if (!(next > low && next < high)) next = std::isinf(high) ? 2 * b : (low + high) / 2;
    if (next == b) break;
    b = next;
  }
  return b;
}

struct Edge {
  std::uint32_t row = 0;
  float p = 0;
};

// The valid neighbours of one row.
std::vector<Edge> edges_of(const NeighbourView& neighbours, std::size_t row) {
  std::vector<Edge> edges;
  for (std::size_t j = row * neighbours.k; j < (row + 1) * neighbours.k; ++j) {
    const std::uint32_t other = neighbours.rows[j];
    if (other == NeighbourView::kNone || other == row) continue;
    const float distance = neighbours.squared_distances[j];
    if (other >= neighbours.n || !(distance >= 0) || !std::isfinite(distance)) {
      fail(ErrorCode::bad_input,
           "neighbours of row {}: expected rows below {} at finite distances, found row {} at squared distance {}", row,
           neighbours.n, other, distance);
    }
    edges.push_back({other, distance});
  }
  return edges;
}

}  // namespace

double conditional_affinities(std::span<const float> squared_distances, double perplexity, std::span<float> out) {
  const std::size_t count = squared_distances.size();
  if (count == 0) return 0;
  const float least = std::ranges::min(squared_distances);
  const auto nearest = static_cast<std::size_t>(std::ranges::count(squared_distances, least));
  if (perplexity >= static_cast<double>(count) || nearest == count) {
    std::ranges::fill(out, 1 / static_cast<float>(count));
    return 0;
  }
  if (perplexity <= static_cast<double>(nearest)) {
    for (std::size_t j = 0; j < count; ++j) {
      out[j] = squared_distances[j] == least ? 1 / static_cast<float>(nearest) : 0;
    }
    return std::numeric_limits<double>::infinity();
  }
  std::vector<double> distances(count);
  for (std::size_t j = 0; j < count; ++j) {
    distances[j] = static_cast<double>(squared_distances[j]) - static_cast<double>(least);
  }
  const double b = search(distances, perplexity);
  const double sum = all_tsne_kernels().best().gaussian_sums(distances.data(), count, b).weights;
  all_tsne_kernels().best().gaussian_weights(distances.data(), count, b, 1 / sum, out.data());
  return b;
}

namespace {

// p(j|i) of all rows, each row by ascending j.
struct Conditionals {
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint32_t> columns;
  std::vector<float> values;
};

Conditionals conditionals_of(const NeighbourView& neighbours, double perplexity, std::size_t threads) {
  Conditionals result;
  result.offsets.resize(neighbours.n + 1);
  for (std::size_t i = 0; i < neighbours.n; ++i) {
    std::uint64_t count = 0;
    for (const std::uint32_t other : neighbours.rows.subspan(i * neighbours.k, neighbours.k)) {
      count += other != NeighbourView::kNone && other != i ? 1U : 0U;
    }
    result.offsets[i + 1] = result.offsets[i] + count;
  }
  result.columns.resize(result.offsets.back());
  result.values.resize(result.offsets.back());
  parallel_for(neighbours.n, 1024, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      std::vector<Edge> edges = edges_of(neighbours, i);
      std::ranges::sort(edges, {}, &Edge::row);
      std::vector<float> distances(edges.size());
      for (std::size_t j = 0; j < edges.size(); ++j) {
        result.columns[result.offsets[i] + j] = edges[j].row;
        distances[j] = edges[j].p;
      }
      conditional_affinities(distances, perplexity, std::span(result.values).subspan(result.offsets[i], edges.size()));
    }
  });
  return result;
}

// The rows [begin, end) of P + P^T, one after another.
struct Block {
  std::vector<std::uint64_t> sizes;
  std::vector<std::uint32_t> columns;
  std::vector<float> values;
};

Block symmetric_rows(const Conditionals& p, std::size_t n, std::size_t begin, std::size_t end, float scale) {
  // The transposed rows: those that have i as a neighbour, in ascending order.
  std::vector<std::uint64_t> offsets(end - begin + 1);
  for (const std::uint32_t column : p.columns) {
    if (column >= begin && column < end) ++offsets[column - begin + 1];
  }
  for (std::size_t i = begin; i < end; ++i) offsets[i - begin + 1] += offsets[i - begin];
  std::vector<Edge> named(offsets.back());
  std::vector<std::uint64_t> next(offsets.begin(), offsets.end() - 1);
  for (std::uint32_t row = 0; row < n; ++row) {
    for (std::uint64_t e = p.offsets[row]; e < p.offsets[row + 1]; ++e) {
      const std::uint32_t column = p.columns[e];
      if (column >= begin && column < end) named[next[column - begin]++] = {row, p.values[e]};
    }
  }
  Block block;
  for (std::size_t i = begin; i < end; ++i) {
    const std::size_t before = block.columns.size();
    const auto put = [&](std::uint32_t column, float value) {
      if (value <= 0) return;
      block.columns.push_back(column);
      block.values.push_back(scale * value);
    };
    std::uint64_t a = p.offsets[i];
    std::uint64_t b = offsets[i - begin];
    const std::uint64_t a_end = p.offsets[i + 1];
    const std::uint64_t b_end = offsets[i - begin + 1];
    while (a < a_end || b < b_end) {
      const std::uint32_t in_a = a < a_end ? p.columns[a] : NeighbourView::kNone;
      const std::uint32_t in_b = b < b_end ? named[b].row : NeighbourView::kNone;
      const std::uint32_t column = std::min(in_a, in_b);
      float value = 0;
      // A row listed twice counts twice.
      for (; a < a_end && p.columns[a] == column; ++a) value += p.values[a];
      for (; b < b_end && named[b].row == column; ++b) value += named[b].p;
      put(column, value);
    }
    block.sizes.push_back(block.columns.size() - before);
  }
  return block;
}

}  // namespace

// The transposed matrix is computed one block of rows at a time, each in a pass over the whole matrix: all at once, it
// would need as much memory again as the neighbours.
Affinities make_affinities(const NeighbourView& neighbours, double perplexity, std::size_t threads) {
  if (!(perplexity >= 1)) fail(ErrorCode::wrong_use, "perplexity: expected at least 1, found {}", perplexity);
  SEGUE_ASSERT(neighbours.rows.size() == neighbours.n * neighbours.k);
  SEGUE_ASSERT(neighbours.squared_distances.size() == neighbours.n * neighbours.k);
  const std::size_t n = neighbours.n;
  const std::size_t workers = thread_count(threads);
  const Conditionals p = conditionals_of(neighbours, perplexity, workers);
  std::size_t with_neighbours = 0;
  for (std::size_t i = 0; i < n; ++i) with_neighbours += p.offsets[i + 1] > p.offsets[i] ? 1U : 0U;
  const float scale = 1 / (2 * static_cast<float>(with_neighbours));

  constexpr std::size_t kEdgesOfBlock = std::size_t{1} << 22;
  const std::size_t blocks = p.columns.size() / kEdgesOfBlock + workers;
  const std::size_t rows = n / blocks + 1;
  Affinities result;
  result.offsets.push_back(0);
  result.columns.reserve(2 * p.columns.size());  // untouched pages take no memory
  result.values.reserve(2 * p.columns.size());
  for (std::size_t first = 0; first < n; first += workers * rows) {
    std::vector<Block> some(workers);
    parallel_for(workers, 1, workers, [&](std::size_t worker, std::size_t) {
      const std::size_t begin = std::min(n, first + worker * rows);
      some[worker] = symmetric_rows(p, n, begin, std::min(n, begin + rows), scale);
    });
    for (const Block& block : some) {
      for (const std::uint64_t size : block.sizes) result.offsets.push_back(result.offsets.back() + size);
      result.columns.insert(result.columns.end(), block.columns.begin(), block.columns.end());
      result.values.insert(result.values.end(), block.values.begin(), block.values.end());
    }
  }
  return result;
}

}  // namespace segue::layout
