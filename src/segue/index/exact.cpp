#include "segue/index/exact.h"

#include <algorithm>
#include <array>
#include <mutex>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/math/kernels.h"

namespace segue {

namespace {

// Scores of a block stay in the first-level cache between the product and the look at them.
constexpr std::size_t kBlock = 256;
// Below this many rows a piece is done sooner than another thread is started.
constexpr std::size_t kRowsPerPiece = 16384;

}  // namespace

ExactIndex::ExactIndex(MatrixView<const float> vectors, std::span<const float> inverse_norms)
    : vectors_(vectors), inverse_norms_(inverse_norms) {
  SEGUE_ASSERT(vectors.rows == inverse_norms.size());
}

std::vector<ScoredRow> ExactIndex::search(std::span<const float> query, std::size_t k, const SearchFilter& filter,
                                          std::size_t threads) const {
  SEGUE_ASSERT(query.size() == vectors_.columns);
  std::vector<std::uint32_t> excluded(filter.excluded.begin(), filter.excluded.end());
  std::ranges::sort(excluded);
  const auto is_allowed = [&](std::uint32_t row) {
    return !std::ranges::binary_search(excluded, row) && (!filter.keeps || filter.keeps(row));
  };
  const Kernels& kernels = best_kernels();
  TopK best(k);
  std::mutex mutex;
  parallel_for(vectors_.rows, kRowsPerPiece, thread_count(threads), [&](std::size_t begin, std::size_t end) {
    TopK found(k);
    std::array<float, kBlock> products;
    for (std::size_t first = begin; first < end; first += kBlock) {
      const std::size_t rows = std::min(kBlock, end - first);
      kernels.dot_rows(query.data(), {vectors_.row(first), rows, vectors_.columns, vectors_.stride}, products.data());
      for (std::size_t i = 0; i < rows; ++i) {
        const float inverse = inverse_norms_[first + i];
        const ScoredRow candidate{static_cast<std::uint32_t>(first + i), products[i] * inverse};
        if (inverse > 0 && found.would_keep(candidate) && is_allowed(candidate.row)) found.offer(candidate);
      }
    }
    const std::lock_guard lock(mutex);
    best.merge(found);
  });
  return best.take();
}

}  // namespace segue
