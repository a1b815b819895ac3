#include "segue/index/exact.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "segue/base/random.h"

#include "tests/support/clustered.h"

namespace segue::index {
namespace {

// Enough rows for several threads; an odd number of columns.
constexpr std::size_t kRows = 70'001;
constexpr std::size_t kColumns = 7;

struct Vectors {
  math::Matrix matrix;
  std::vector<float> inverse_norms;

  explicit Vectors(std::size_t rows) : matrix(rows, kColumns), inverse_norms(rows) {
    Random random(1);
    for (std::size_t row = 0; row < rows; ++row) {
      double square = 0;
      for (float& number : matrix.view()[row]) {
        // Few different numbers: many rows have exactly the same cosine.
        number = row % 10 == 3 ? 0 : static_cast<float>(random.below(5)) - 2;
        square += static_cast<double>(number) * number;
      }
      inverse_norms[row] = square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0;
    }
  }
  ExactIndex index() const { return {matrix.view(), inverse_norms}; }
};

std::vector<float> some_query() {
  std::vector<float> query(kColumns);
  std::iota(query.begin(), query.end(), 1.0F);
  const float norm = std::sqrt(std::inner_product(query.begin(), query.end(), query.begin(), 0.0F));
  for (float& number : query) number /= norm;
  return query;
}

double cosine(const Vectors& vectors, std::size_t row, const std::vector<float>& query) {
  const auto numbers = vectors.matrix.view()[row];
  double dot = 0;
  double square = 0;
  for (std::size_t i = 0; i < query.size(); ++i) {
    dot += static_cast<double>(numbers[i]) * query[i];
    square += static_cast<double>(numbers[i]) * numbers[i];
  }
  return dot / std::sqrt(square);
}

TEST(ExactIndex, finds_the_same_as_sorting_every_row) {
  const Vectors vectors(2000);
  const std::vector<float> query = some_query();
  std::vector<double> wanted;
  for (std::size_t row = 0; row < 2000; ++row) {
    if (vectors.inverse_norms[row] > 0) wanted.push_back(cosine(vectors, row, query));
  }
  std::ranges::sort(wanted, std::greater());
  const std::vector<math::ScoredRow> found = vectors.index().search(query, 50);
  ASSERT_EQ(found.size(), 50U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i].score, wanted[i], 1e-6);
    EXPECT_NEAR(found[i].score, cosine(vectors, found[i].row, query), 1e-6);
    if (i > 0) {
      EXPECT_TRUE(math::is_better(found[i - 1], found[i]));
    }
  }
}

TEST(ExactIndex, gives_the_same_with_any_number_of_threads) {
  const Vectors vectors(kRows);
  const std::vector<math::ScoredRow> one = vectors.index().search(some_query(), 500, {}, 1);
  EXPECT_EQ(one.size(), 500U);
  for (const std::size_t threads : {2, 3, 8}) EXPECT_EQ(vectors.index().search(some_query(), 500, {}, threads), one);
}

TEST(ExactIndex, omits_zero_rows_and_gives_all_others_for_a_large_k) {
  const Vectors vectors(100);
  const std::vector<math::ScoredRow> found = vectors.index().search(some_query(), 1000);
  const auto zeros = std::ranges::count(vectors.inverse_norms, 0.0F);
  EXPECT_GT(zeros, 0);
  EXPECT_EQ(found.size(), 100U - static_cast<std::size_t>(zeros));
  for (const math::ScoredRow& one : found) EXPECT_GT(vectors.inverse_norms[one.row], 0);
}

TEST(ExactIndex, respects_exclusions_and_the_filter) {
  const Vectors vectors(2000);
  const std::vector<math::ScoredRow> all = vectors.index().search(some_query(), 2000);
  const std::vector<std::uint32_t> excluded = {all[4].row, all[0].row, all[1].row, all[4].row};
  for (const std::uint32_t step : {2, 100, 700}) {  // kept: many, few, fewer than asked for
    RowSet keeps(2000);
    for (std::uint32_t row = 0; row < 2000; row += step) keeps.insert(row);
    std::vector<math::ScoredRow> wanted;
    for (const math::ScoredRow& one : all) {
      if (std::ranges::find(excluded, one.row) == excluded.end() && one.row % step == 0) wanted.push_back(one);
    }
    wanted.resize(std::min<std::size_t>(wanted.size(), 10));
    EXPECT_EQ(vectors.index().search(some_query(), 10, {excluded, &keeps}), wanted) << step;
  }
}

// The same to the bit, for vectors that lie close together, with and without a filter.
TEST(CodedExactIndex, finds_the_same_as_without_codes) {
  for (const std::size_t columns : {1, 7, 32, 100}) {
    const testing::Clustered vectors(20'000, columns, 40);
    const ExactIndex plain = vectors.exact();
    const CodedRows codes(vectors.matrix.view(), vectors.inverse_norms, 2);
    const ExactIndex coded(vectors.matrix.view(), vectors.inverse_norms, &codes);
    RowSet half(20'000);
    RowSet few(20'000);
    for (std::uint32_t row = 0; row < 20'000; row += 2) half.insert(row);
    for (std::uint32_t row = 0; row < 20'000; row += 150) few.insert(row);
    for (std::uint32_t row = 0; row < 20'000; row += 1999) {
      if (vectors.inverse_norms[row] == 0) continue;
      const std::vector<float> query = vectors.unit(row);
      const SearchFilter others{.excluded = std::span(&row, 1)};
      for (const std::size_t k : {0, 1, 10, 300}) {
        EXPECT_EQ(coded.search(query, k, others, 3), plain.search(query, k, others, 1)) << columns << ", " << k;
        EXPECT_EQ(coded.search(query, k, {{}, &half}, 1), plain.search(query, k, {{}, &half}, 1));
        EXPECT_EQ(coded.search(query, k, {{}, &few}, 1), plain.search(query, k, {{}, &few}, 1));
      }
    }
  }
}

TEST(CodedExactIndex, handles_rows_with_one_large_number_and_queries_of_small_ones) {
  // The codes of such rows are 127 and zeros, without information about the small numbers.
  math::Matrix rows(300, 8);
  std::vector<float> inverse_norms(300);
  for (std::size_t row = 0; row < 300; ++row) {
    const std::span<float> numbers = rows.view()[row];
    numbers[0] = 1;
    numbers[1] = static_cast<float>(row) * 1e-5F;
    inverse_norms[row] = 1;
  }
  const CodedRows codes(rows.view(), inverse_norms, 1);
  const std::vector<float> query = {0, 1, 0, 0, 0, 0, 0, 0};
  const std::vector<math::ScoredRow> found = ExactIndex(rows.view(), inverse_norms, &codes).search(query, 3);
  EXPECT_EQ(found, ExactIndex(rows.view(), inverse_norms).search(query, 3));
  EXPECT_EQ(found.front().row, 299U);
}

TEST(CodedRows, report_the_error_of_their_codes) {
  const testing::Clustered vectors(500, 21, 5);
  const CodedRows codes(vectors.matrix.view(), vectors.inverse_norms, 1);
  for (std::size_t row = 0; row < 500; ++row) {
    const RowCode& of = codes.of(row);
    double square = 0;
    for (std::size_t i = 0; i < 21; ++i) {
      const double wanted = static_cast<double>(vectors.matrix.view()[row][i]) * vectors.inverse_norms[row];
      square += std::pow(wanted - static_cast<double>(of.scale) * codes.codes(row)[i], 2);
    }
    EXPECT_NEAR(of.error, std::sqrt(square), 1e-6);
    EXPECT_LE(of.error, std::sqrt(21.0) * of.scale / 2 + 1e-6);
  }
}

TEST(ExactIndex, finds_nothing_without_rows_or_with_k_0) {
  EXPECT_TRUE(ExactIndex({nullptr, 0, kColumns, kColumns}, {}).search(some_query(), 10).empty());
  EXPECT_TRUE(Vectors(100).index().search(some_query(), 0).empty());
}

}  // namespace
}  // namespace segue::index
