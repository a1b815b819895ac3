#include "segue/index/batch.h"

#include <algorithm>
#include <array>
#include <limits>

#include "segue/base/error.h"

namespace segue::index {

BatchSearch::BatchSearch(const math::PackedRows& rows) : rows_(rows), queries_(kBatchQueries, rows.columns()) {}

void BatchSearch::clear() {
  const math::MatrixView<float> queries = queries_.view();
  std::fill_n(queries.data, size_ * queries.stride, 0.0F);
  size_ = 0;
}

std::span<float> BatchSearch::add() {
  SEGUE_ASSERT(size_ < kBatchQueries);
  return queries_.view()[size_++];
}

void BatchSearch::search(std::size_t k, std::span<const std::span<const std::uint32_t>> excluded,
                         std::span<std::vector<math::ScoredRow>> lists) {
  SEGUE_ASSERT(excluded.size() == size_ && lists.size() == size_);
  const math::Kernels& kernels = math::best_kernels();
  const math::MatrixView<float> queries = queries_.view();
  std::vector<math::TopK> best(size_, math::TopK(k));
  // The last six are filled up with queries of zeros, whose products are above no bar.
  std::array<float, kBatchQueries> bars;
  bars.fill(std::numeric_limits<float>::infinity());
  for (std::size_t q = 0; q < size_; ++q) bars[q] = best[q].bar();
  alignas(64) std::array<float, math::kPanelQueries * math::kPanelRows> products;
  for (std::size_t panel = 0; panel < rows_.panels(); ++panel) {
    const std::size_t first_row = panel * math::kPanelRows;
    const std::size_t rows = std::min(math::kPanelRows, rows_.rows() - first_row);
    for (std::size_t first = 0; first < size_; first += math::kPanelQueries) {
      const std::uint32_t above = kernels.dot_panel(rows_.panel(panel), rows_.columns(), queries.row(first),
                                                    queries.stride, bars.data() + first, products.data());
      for (std::size_t i = 0; above >> i != 0; ++i) {
        if ((above >> i & 1) == 0) continue;
        const std::size_t q = first + i;
        for (std::size_t r = 0; r < rows; ++r) {
          const math::ScoredRow candidate{static_cast<std::uint32_t>(first_row + r),
                                          products[i * math::kPanelRows + r]};
          if (!(candidate.score > bars[q]) || std::ranges::binary_search(excluded[q], candidate.row)) continue;
          best[q].offer(candidate);
          bars[q] = best[q].bar();
        }
      }
    }
  }
  for (std::size_t q = 0; q < size_; ++q) lists[q] = best[q].take();
}

}  // namespace segue::index
