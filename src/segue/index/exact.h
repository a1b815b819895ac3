// Exact search: the cosine of a query with every row.
//
// If the rows have codes too (index/coded_rows.h), those are read instead: each gives bounds for a row's cosine. Only
// rows that may be among the k best by these bounds are compared in full, so the answer is the same to the bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "segue/index/coded_rows.h"
#include "segue/index/row_set.h"
#include "segue/math/matrix.h"
#include "segue/math/top_k.h"

namespace segue::index {

// The rows that a search may return, by default all. Views data of the caller.
struct SearchFilter {
  std::span<const std::uint32_t> excluded;  // rows never returned, in any order
  const RowSet* keeps = nullptr;            // only rows of this set, which has a place for every row or more
};

// Views of vectors. Thread safe.
class ExactIndex {
 public:
  // `inverse_norms` has 1/|row| for every row, 0 for a row of zeros. `codes`: of these vectors and
  // perhaps of more, or nullptr.
  ExactIndex(math::MatrixView<const float> vectors, std::span<const float> inverse_norms,
             const CodedRows* codes = nullptr);

  // The k rows with the largest cosine to `query`, a unit vector of vectors.columns numbers, best first, ties by the
  // smaller row; fewer if there are fewer. Rows of zeros have no direction and are never returned. The result does not
  // depend on `threads` (0: all cores). If the filter keeps few rows, only those are read.
  std::vector<math::ScoredRow> search(std::span<const float> query, std::size_t k, const SearchFilter& filter = {},
                                      std::size_t threads = 0) const;

  // Offers these rows to `best`, each with the cosine that search() gives it.
  void compare(std::span<const float> query, std::span<const std::uint32_t> rows, math::TopK& best) const;

  bool is_coded() const { return codes_ != nullptr; }

 private:
  // Rows that may be returned; those of a piece in ascending order.
  class Wanted;
  math::TopK compare_all(std::span<const float> query, std::size_t k, const Wanted& wanted, std::size_t threads) const;
  math::TopK compare_likely(std::span<const float> query, std::size_t k, const Wanted& wanted,
                            std::size_t threads) const;

  math::MatrixView<const float> vectors_;
  std::span<const float> inverse_norms_;
  const CodedRows* codes_;
};

}  // namespace segue::index
