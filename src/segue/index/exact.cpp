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
// A row alone takes longer than one in a block: where fewer than one in this many is kept, the kept ones are looked at
// one by one.
constexpr std::size_t kSparse = 6;
constexpr std::size_t kRowsAhead = 6;

void fetch(std::span<const float> row) {
  constexpr std::size_t kLine = 16;
  for (std::size_t i = 0; i < row.size(); i += kLine) __builtin_prefetch(row.data() + i);
}

}  // namespace

ExactIndex::ExactIndex(MatrixView<const float> vectors, std::span<const float> inverse_norms)
    : vectors_(vectors), inverse_norms_(inverse_norms) {
  SEGUE_ASSERT(vectors.rows == inverse_norms.size());
}

std::vector<ScoredRow> ExactIndex::search(std::span<const float> query, std::size_t k, const SearchFilter& filter,
                                          std::size_t threads) const {
  SEGUE_ASSERT(query.size() == vectors_.columns);
  SEGUE_ASSERT(filter.keeps == nullptr || filter.keeps->rows() == vectors_.rows);
  std::vector<std::uint32_t> excluded(filter.excluded.begin(), filter.excluded.end());
  std::ranges::sort(excluded);
  const bool few = filter.keeps != nullptr && filter.keeps->count() < vectors_.rows / kSparse;
  const Kernels& kernels = best_kernels();
  TopK best(k);
  std::mutex mutex;
  parallel_for(vectors_.rows, kRowsPerPiece, thread_count(threads), [&](std::size_t begin, std::size_t end) {
    TopK found(k);
    const auto offer = [&](std::size_t row, float product) {
      const ScoredRow candidate{static_cast<std::uint32_t>(row), product * inverse_norms_[row]};
      if (inverse_norms_[row] > 0 && found.would_keep(candidate) && !std::ranges::binary_search(excluded, row)) {
        found.offer(candidate);
      }
    };
    if (few) {
      std::vector<std::uint32_t> rows;
      filter.keeps->for_each(begin, end, [&](std::uint32_t row) { rows.push_back(row); });
      for (std::size_t i = 0; i < rows.size(); ++i) {
        // Rows lie far apart: the next ones are asked for while this one is computed.
        if (i + kRowsAhead < rows.size()) fetch(vectors_[rows[i + kRowsAhead]]);
        // As a block of one: the same bits as in a block of many.
        float product = 0;
        kernels.dot_rows(query.data(), {vectors_.row(rows[i]), 1, vectors_.columns, vectors_.stride}, &product);
        offer(rows[i], product);
      }
    } else {
      std::array<float, kBlock> products;
      for (std::size_t first = begin; first < end; first += kBlock) {
        const std::size_t rows = std::min(kBlock, end - first);
        kernels.dot_rows(query.data(), {vectors_.row(first), rows, vectors_.columns, vectors_.stride}, products.data());
        for (std::size_t i = 0; i < rows; ++i) {
          const auto row = static_cast<std::uint32_t>(first + i);
          if (filter.keeps == nullptr || filter.keeps->contains(row)) offer(row, products[i]);
        }
      }
    }
    const std::lock_guard lock(mutex);
    best.merge(found);
  });
  return best.take();
}

}  // namespace segue
