// Compares the batch with one product at a time.
#include "segue/index/batch.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "segue/base/random.h"
#include "segue/math/kernels/kernels.h"

namespace segue::index {
namespace {

struct Case {
  std::size_t rows;
  std::size_t columns;
  std::size_t queries;
  std::size_t k;
};

// Whole numbers, so that sums are exact in any order and many scores are equal.
math::Matrix whole_numbers(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Random random(seed);
  math::Matrix matrix(rows, columns);
  for (std::size_t row = 0; row < rows; ++row) {
    for (float& number : matrix.view()[row]) number = static_cast<float>(random.below(5)) - 2;
  }
  return matrix;
}

std::vector<math::ScoredRow> slow_search(std::span<const float> query, const math::Matrix& rows, std::size_t k,
                                         std::span<const std::uint32_t> excluded) {
  std::vector<math::ScoredRow> all;
  for (std::uint32_t row = 0; row < rows.rows(); ++row) {
    if (std::ranges::find(excluded, row) != excluded.end()) continue;
    float sum = 0;
    for (std::size_t i = 0; i < query.size(); ++i) sum += query[i] * rows.view()[row][i];
    all.push_back({row, sum});
  }
  std::ranges::sort(all, math::is_better);
  all.resize(std::min(k, all.size()));
  return all;
}

TEST(BatchSearch, finds_the_same_as_one_product_at_a_time) {
  for (const Case& one : {Case{1, 1, 1, 1}, Case{31, 3, 5, 4}, Case{32, 16, 6, 40}, Case{33, 7, 7, 100},
                          Case{1000, 20, kBatchQueries, 10}, Case{500, 128, 13, 0}}) {
    const math::Matrix rows = whole_numbers(one.rows, one.columns, 1);
    const math::Matrix queries = whole_numbers(one.queries, one.columns, 2);
    math::PackedRows packed(one.rows, one.columns);
    for (std::size_t row = 0; row < one.rows; ++row) packed.set_row(row, rows.view().row(row));
    BatchSearch batch(packed);
    const std::vector<std::uint32_t> excluded = {0, 5, 33, 70};
    for (int again = 0; again < 2; ++again) {  // a batch is used again and again
      batch.clear();
      std::vector<std::span<const std::uint32_t>> excluded_of(one.queries, excluded);
      excluded_of[0] = {};
      for (std::size_t q = 0; q < one.queries; ++q) std::ranges::copy(queries.view()[q], batch.add().begin());
      std::vector<std::vector<math::ScoredRow>> lists(one.queries);
      batch.search(one.k, excluded_of, lists);
      for (std::size_t q = 0; q < one.queries; ++q) {
        EXPECT_EQ(lists[q], slow_search(queries.view()[q], rows, one.k, excluded_of[q])) << one.rows << " rows, " << q;
      }
    }
  }
}

}  // namespace
}  // namespace segue::index
