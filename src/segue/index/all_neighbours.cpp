#include "segue/index/all_neighbours.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <mutex>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/index/batch.h"
#include "segue/index/exact.h"
#include "segue/index/graph.h"
#include "segue/index/song_index.h"
#include "segue/math/kernels/kernels.h"
#include "segue/math/packed_rows.h"

namespace segue::index {

namespace {

constexpr std::size_t kRowsPerPiece = 4096;
constexpr std::size_t kRowsPerGraphPiece = 256;
// Margin of candidates to compare again: sums of products are rounded differently from sums of squares.
constexpr std::size_t kSpare = 4;

struct Point {
  std::uint32_t row;
  float squared_distance;
};

bool is_nearer(const Point& a, const Point& b) {
  return a.squared_distance != b.squared_distance ? a.squared_distance < b.squared_distance : a.row < b.row;
}

float squared_distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return static_cast<float>(sum);
}

math::Matrix unit_rows(math::MatrixView<const float> vectors, std::size_t threads) {
  math::Matrix units(vectors.rows, vectors.columns);
  const math::MatrixView<float> to = units.view();
  const math::Kernels& kernels = math::best_kernels();
  parallel_for(vectors.rows, kRowsPerPiece, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      std::ranges::copy(vectors[row], to.row(row));
      const float square = kernels.squared_norm(to.row(row), to.columns);
      if (square > 0) kernels.scale(1 / std::sqrt(square), to.row(row), to.columns);
    }
  });
  return units;
}

// |q - x|^2 = |q|^2 - 2 (q . x - |x|^2 / 2): with |x|^2 / 2 as one more number of x and -1 of q, the rows nearest to q
// are those with the largest product.
math::PackedRows packed(math::MatrixView<const float> vectors, std::size_t threads) {
  math::PackedRows rows(vectors.rows, vectors.columns + 1);
  const math::Kernels& kernels = math::best_kernels();
  parallel_for(vectors.rows, kRowsPerPiece, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<float> numbers(vectors.columns + 1);
    for (std::size_t row = begin; row < end; ++row) {
      std::ranges::copy(vectors[row], numbers.begin());
      numbers.back() = kernels.squared_norm(vectors.row(row), vectors.columns) / 2;
      rows.set_row(row, numbers.data());
    }
  });
  return rows;
}

class Lists {
 public:
  Lists(math::MatrixView<const float> vectors, std::size_t k, Progress& progress, std::stop_token stop)
      : vectors_(vectors), progress_(progress), stop_(std::move(stop)) {
    lists_.k = k;
    lists_.rows.resize(vectors.rows * k);
    lists_.squared_distances.resize(vectors.rows * k);
  }

  void begin() { progress_.begin("neighbours", vectors_.rows, "songs"); }

  // Keeps the k nearest to `row` out of `candidates`, which are at least k. Threads may keep different rows.
  void set(std::size_t row, std::span<const math::ScoredRow> candidates) {
    std::vector<Point> points;
    points.reserve(candidates.size());
    for (const math::ScoredRow& candidate : candidates) {
      points.push_back({candidate.row, squared_distance(vectors_[row], vectors_[candidate.row])});
    }
    std::ranges::sort(points, is_nearer);
    SEGUE_ASSERT(points.size() >= lists_.k);
    for (std::size_t i = 0; i < lists_.k; ++i) {
      lists_.rows[row * lists_.k + i] = points[i].row;
      lists_.squared_distances[row * lists_.k + i] = points[i].squared_distance;
    }
  }

  void count(std::size_t rows) {
    if (stop_.stop_requested()) fail(ErrorCode::interrupted, "interrupted while looking for neighbours");
    const std::lock_guard lock(mutex_);
    progress_.update(done_ += rows, "");
  }

  NeighbourLists take() { return std::move(lists_); }

 private:
  math::MatrixView<const float> vectors_;
  NeighbourLists lists_;
  Progress& progress_;
  std::stop_token stop_;
  std::mutex mutex_;  // guards progress_ and done_
  std::size_t done_ = 0;
};

void compare_all(math::MatrixView<const float> vectors, std::size_t k, std::size_t threads, Lists& lists) {
  lists.begin();
  const math::PackedRows rows = packed(vectors, threads);
  std::atomic<std::size_t> next = 0;
  run_workers(std::min(threads, vectors.rows / kBatchQueries + 1), [&](std::size_t) {
    BatchSearch batch(rows);
    std::vector<std::vector<math::ScoredRow>> found(kBatchQueries);
    std::array<std::uint32_t, kBatchQueries> self;
    std::vector<std::span<const std::uint32_t>> excluded(kBatchQueries);
    for (std::size_t first = 0; (first = next.fetch_add(kBatchQueries)) < vectors.rows;) {
      const std::size_t count = std::min(kBatchQueries, vectors.rows - first);
      batch.clear();
      for (std::size_t q = 0; q < count; ++q) {
        const std::span<float> query = batch.add();
        std::ranges::copy(vectors[first + q], query.begin());
        query.back() = -1;
        self[q] = static_cast<std::uint32_t>(first + q);
        excluded[q] = std::span(self).subspan(q, 1);
      }
      batch.search(k + kSpare, std::span(excluded).first(count), std::span(found).first(count));
      for (std::size_t q = 0; q < count; ++q) lists.set(first + q, found[q]);
      lists.count(count);
    }
  });
}

// `units`: rows of length 1 or 0.
void walk_graph(math::MatrixView<const float> units, std::size_t k, std::size_t threads, Progress& progress,
                std::stop_token stop, Lists& lists) {
  std::vector<float> inverse_norms(units.rows);
  for (std::size_t row = 0; row < units.rows; ++row) {
    inverse_norms[row] = math::best_kernels().squared_norm(units.row(row), units.columns) > 0 ? 1 : 0;
  }
  const GraphIndex graph = GraphIndex::build(units, inverse_norms, {.threads = threads}, progress, std::move(stop));
  lists.begin();
  const ExactIndex exact(units, inverse_norms);
  const std::size_t width = std::max(2 * kSearchWidth, k + k / 2);
  parallel_for(units.rows, kRowsPerGraphPiece, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      std::vector<math::ScoredRow> found;
      for (const std::uint32_t other : graph.search(units[row], width)) {
        if (other != row) found.push_back({other, 0});
      }
      if (found.size() < k) {  // the graph does not reach k rows
        const auto self = static_cast<std::uint32_t>(row);
        found = exact.search(units[row], k, {.excluded = std::span(&self, 1)}, 1);
      }
      // Rows of zeros are equally far from all, and no search finds them: the first ones fill up a list that is still
      // too short.
      for (std::uint32_t other = 0; found.size() < k; ++other) {
        if (inverse_norms[other] == 0 && other != row) found.push_back({other, 0});
      }
      lists.set(row, found);
    }
    lists.count(end - begin);
  });
}

}  // namespace

NeighbourLists all_neighbours(math::MatrixView<const float> vectors, std::size_t k, const AllNeighboursOptions& options,
                              Progress& progress, const std::stop_token& stop) {
  const std::size_t threads = thread_count(options.threads);
  k = vectors.rows == 0 ? 0 : std::min(k, vectors.rows - 1);
  math::Matrix units;
  if (options.distance == Distance::cosine) {
    units = unit_rows(vectors, threads);
    vectors = units.view();
  }
  Lists lists(vectors, k, progress, stop);
  if (k == 0) return lists.take();
  if (options.distance == Distance::cosine && vectors.rows > options.exact_rows) {
    walk_graph(vectors, k, threads, progress, stop, lists);
  } else {
    compare_all(vectors, k, threads, lists);
  }
  progress.end();
  return lists.take();
}

}  // namespace segue::index
