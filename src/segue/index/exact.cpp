#include "segue/index/exact.h"

#include <algorithm>
#include <array>
#include <mutex>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/math/codes.h"
#include "segue/math/kernels/kernels.h"
#include "segue/math/prefetch.h"

namespace segue::index {

namespace {

// Scores of a block stay in the first-level cache between their computation and their comparison.
constexpr std::size_t kBlock = 256;
// A piece of fewer rows is done sooner than another thread starts.
constexpr std::size_t kSearchedRowsPerPiece = 16384;
// A row alone takes longer than one in a block: if the filter keeps fewer than one in this many, the kept ones are
// compared one by one.
constexpr std::size_t kSparse = 6;
constexpr std::size_t kRowsAhead = 6;

}  // namespace

class ExactIndex::Wanted {
 public:
  Wanted(const SearchFilter& filter, std::span<const float> inverse_norms)
      : keeps_(filter.keeps),
        inverse_norms_(inverse_norms),
        excluded_(filter.excluded.begin(), filter.excluded.end()),
        few_(keeps_ != nullptr && keeps_->count_below(inverse_norms.size()) < inverse_norms.size() / kSparse) {
    std::ranges::sort(excluded_);
  }

  // Whether so few rows are kept that reading the others is not worthwhile.
  bool few() const { return few_; }

  // Those of [begin, end), ascending. REQUIRES: few()
  std::vector<std::uint32_t> rows(std::size_t begin, std::size_t end) const {
    std::vector<std::uint32_t> rows;
    keeps_->for_each(begin, end, [&](std::uint32_t row) {
      if (contains(row)) rows.push_back(row);
    });
    return rows;
  }

  bool contains(std::uint32_t row) const {
    return inverse_norms_[row] > 0 && (keeps_ == nullptr || keeps_->contains(row)) &&
           !std::ranges::binary_search(excluded_, row);
  }

 private:
  const RowSet* keeps_;
  std::span<const float> inverse_norms_;
  std::vector<std::uint32_t> excluded_;
  bool few_;
};

ExactIndex::ExactIndex(math::MatrixView<const float> vectors, std::span<const float> inverse_norms,
                       const CodedRows* codes)
    : vectors_(vectors), inverse_norms_(inverse_norms), codes_(codes) {
  SEGUE_ASSERT(vectors.rows == inverse_norms.size() && (codes == nullptr || codes->rows() >= vectors.rows));
}

std::vector<math::ScoredRow> ExactIndex::search(std::span<const float> query, std::size_t k, const SearchFilter& filter,
                                                std::size_t threads) const {
  SEGUE_ASSERT(query.size() == vectors_.columns);
  SEGUE_ASSERT(filter.keeps == nullptr || filter.keeps->rows() >= vectors_.rows);
  const Wanted wanted(filter, inverse_norms_);
  const std::size_t workers = thread_count(threads);
  return (codes_ != nullptr ? compare_likely(query, k, wanted, workers) : compare_all(query, k, wanted, workers))
      .take();
}

math::TopK ExactIndex::compare_all(std::span<const float> query, std::size_t k, const Wanted& wanted,
                                   std::size_t threads) const {
  const math::Kernels& kernels = math::best_kernels();
  math::TopK best(k);
  std::mutex mutex;
  parallel_for(vectors_.rows, kSearchedRowsPerPiece, threads, [&](std::size_t begin, std::size_t end) {
    math::TopK found(k);
    if (wanted.few()) {
      compare(query, wanted.rows(begin, end), found);
    } else {
      std::array<float, kBlock> products;
      for (std::size_t first = begin; first < end; first += kBlock) {
        const std::size_t rows = std::min(kBlock, end - first);
        kernels.dot_rows(query.data(), {vectors_.row(first), rows, vectors_.columns, vectors_.stride}, products.data());
        for (std::size_t i = 0; i < rows; ++i) {
          const auto row = static_cast<std::uint32_t>(first + i);
          const math::ScoredRow candidate{row, products[i] * inverse_norms_[row]};
          if (found.would_keep(candidate) && wanted.contains(row)) found.offer(candidate);
        }
      }
    }
    const std::lock_guard lock(mutex);
    best.merge(found);
  });
  return best;
}

math::TopK ExactIndex::compare_likely(std::span<const float> query, std::size_t k, const Wanted& wanted,
                                      std::size_t threads) const {
  const math::Kernels& kernels = math::best_kernels();
  const math::CodedQuery coded(query);
  // Upper bounds of the rows' scores, and the k best by their lower bounds.
  std::vector<math::ScoredRow> likely;
  math::TopK least(k);
  std::mutex mutex;
  parallel_for(vectors_.rows, kSearchedRowsPerPiece, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<math::ScoredRow> found;
    math::TopK found_least(k);
    float bar = found_least.bar();
    std::array<const std::int8_t*, kBlock> codes;
    std::array<std::int32_t, kBlock> products;
    const bool few = wanted.few();
    const std::vector<std::uint32_t> kept = few ? wanted.rows(begin, end) : std::vector<std::uint32_t>();
    const std::size_t all = few ? kept.size() : end - begin;
    for (std::size_t first = 0; first < all; first += kBlock) {
      const std::size_t count = std::min(kBlock, all - first);
      const auto row_at = [&](std::size_t i) {
        return few ? kept[first + i] : static_cast<std::uint32_t>(begin + first + i);
      };
      for (std::size_t i = 0; i < count; ++i) {
        if (few) codes_->prefetch_row(row_at(i));
        codes[i] = codes_->codes(row_at(i));
      }
      kernels.dot_code_rows(coded.codes(), codes.data(), count, coded.size(), products.data());
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t row = row_at(i);
        const RoughCosine rough = rough_cosine(coded, codes_->of(row), products[i]);
        if (rough.cosine + rough.error < bar || !wanted.contains(row)) continue;
        found.push_back({row, rough.cosine + rough.error});
        found_least.offer({row, rough.cosine - rough.error});
        bar = found_least.bar();
      }
    }
    const std::lock_guard lock(mutex);
    likely.insert(likely.end(), found.begin(), found.end());
    least.merge(found_least);
  });

  std::vector<std::uint32_t> rows;
  for (const math::ScoredRow& row : likely) {
    if (row.score >= least.bar()) rows.push_back(row.row);
  }
  math::TopK best(k);
  compare(query, rows, best);
  return best;
}

void ExactIndex::compare(std::span<const float> query, std::span<const std::uint32_t> rows, math::TopK& best) const {
  const math::Kernels& kernels = math::best_kernels();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // Rows lie far apart: the next ones are prefetched while this one is computed.
    if (i + kRowsAhead < rows.size()) math::prefetch(vectors_[rows[i + kRowsAhead]]);
    // As a block of one: the same bits as in a larger block.
    float product = 0;
    kernels.dot_rows(query.data(), {vectors_.row(rows[i]), 1, vectors_.columns, vectors_.stride}, &product);
    best.offer({rows[i], product * inverse_norms_[rows[i]]});
  }
}

}  // namespace segue::index
