// Exact search for many queries at once.
//
// A single query reads the whole matrix for one product with each row, so it waits for memory. A batch of a few hundred
// queries shares each panel of rows while it is in the first-level cache, and compares products with each query's k-th
// best so far while they are in registers, so that only a few ever reach the heaps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "segue/math/packed_rows.h"
#include "segue/math/top_k.h"

namespace segue::index {

// Queries in a batch: enough to read the matrix from memory rarely, few enough for the second-level cache.
inline constexpr std::size_t kBatchQueries = 42 * math::kPanelQueries;

// A batch and its heaps: one for each thread. Views rows that outlive it.
class BatchSearch {
 public:
  explicit BatchSearch(const math::PackedRows& rows);

  // Removes the queries of the last batch.
  void clear();
  // Adds a query of rows.columns() zeros and returns it, to be filled. REQUIRES: fewer than kBatchQueries were added.
  std::span<float> add();
  std::size_t size() const { return size_; }

  // lists[q] becomes the k rows with the largest product with query q, best first, ties by the smaller row; none of
  // excluded[q], which is sorted.
  void search(std::size_t k, std::span<const std::span<const std::uint32_t>> excluded,
              std::span<std::vector<math::ScoredRow>> lists);

 private:
  const math::PackedRows& rows_;
  math::Matrix queries_;
  std::size_t size_ = 0;
};

}  // namespace segue::index
