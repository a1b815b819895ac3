// Compares every kernel of every target with sums in double precision: all lengths from 0 to 300 and all misalignments
// of a float within a register, to the rounding that a sum of n products allows.
#include "segue/math/kernels/kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "segue/base/random.h"
#include "segue/math/codes.h"

namespace segue::math {
namespace {

constexpr std::size_t kLongest = 300;
constexpr std::size_t kShifts = 16;
constexpr double kRounding = std::numeric_limits<float>::epsilon();

std::vector<float> random_numbers(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> numbers(count);
  for (float& number : numbers) number = 2 * random.uniform_float() - 1;
  return numbers;
}

struct Sum {
  double value = 0;
  double bound = 0;  // |error| of summing n products in any order is at most n * epsilon * sum |products|
};

Sum exact_dot(const float* a, const float* b, std::size_t n) {
  Sum sum;
  double size = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum.value += static_cast<double>(a[i]) * b[i];
    size += std::abs(static_cast<double>(a[i]) * b[i]);
  }
  sum.bound = static_cast<double>(n + 1) * kRounding * size;
  return sum;
}

class KernelsTest : public ::testing::TestWithParam<Kernels> {
 protected:
  const Kernels& kernels() const { return GetParam(); }
};

TEST_P(KernelsTest, dot_agrees_with_the_exact_sum) {
  const std::vector<float> a = random_numbers(kLongest + kShifts, 1);
  const std::vector<float> b = random_numbers(kLongest + kShifts, 2);
  for (std::size_t n = 0; n <= kLongest; ++n) {
    for (std::size_t shift = 0; shift < kShifts; ++shift) {
      const float* const x = a.data() + shift;
      const float* const y = b.data() + (shift * 7) % kShifts;
      const Sum exact = exact_dot(x, y, n);
      ASSERT_NEAR(kernels().dot(x, y, n), exact.value, exact.bound) << n << " numbers, shift " << shift;
      const Sum square = exact_dot(x, x, n);
      ASSERT_NEAR(kernels().squared_norm(x, n), square.value, square.bound) << n << " numbers, shift " << shift;
    }
  }
}

// Row counts around multiples of eight; strides that misalign every row differently.
TEST_P(KernelsTest, dot_rows_agrees_with_the_exact_sums) {
  constexpr std::size_t kRows = 19;
  const std::vector<float> query = random_numbers(kLongest + kShifts, 3);
  const std::vector<float> numbers = random_numbers(kRows * (kLongest + 3) + kShifts, 4);
  std::vector<float> out(kRows + 1);
  for (std::size_t n = 0; n <= kLongest; ++n) {
    for (const std::size_t rows : {0, 1, 7, 8, 9, 16, 19}) {
      const std::size_t shift = (n + rows) % kShifts;
      const MatrixView<const float> view{numbers.data() + shift, rows, n, n + n % 3};
      out.assign(out.size(), -7);
      kernels().dot_rows(query.data() + shift / 2, view, out.data());
      for (std::size_t row = 0; row < rows; ++row) {
        const Sum exact = exact_dot(query.data() + shift / 2, view.row(row), n);
        ASSERT_NEAR(out[row], exact.value, exact.bound) << n << " numbers, row " << row << " of " << rows;
      }
      ASSERT_EQ(out[rows], -7) << "wrote beyond " << rows << " rows";
    }
  }
}

TEST_P(KernelsTest, dot_panel_agrees_with_the_exact_sums) {
  for (const std::size_t n : {0, 1, 2, 17, 128, 300}) {
    const std::vector<float> rows = random_numbers(kPanelRows * n, 11);
    const std::size_t stride = n + 3;
    const std::vector<float> queries = random_numbers(kPanelQueries * stride + 1, 12);
    std::vector<float> panel(kPanelRows * n);
    for (std::size_t r = 0; r < kPanelRows; ++r) {
      for (std::size_t c = 0; c < n; ++c) panel[c * kPanelRows + r] = rows[r * n + c];
    }
    std::vector<float> bars(kPanelQueries);
    std::vector<float> out(kPanelQueries * kPanelRows);
    kernels().dot_panel(panel.data(), n, queries.data() + 1, stride, bars.data(), out.data());
    for (std::size_t q = 0; q < kPanelQueries; ++q) {
      for (std::size_t r = 0; r < kPanelRows; ++r) {
        const Sum exact = exact_dot(queries.data() + 1 + q * stride, rows.data() + r * n, n);
        ASSERT_NEAR(out[q * kPanelRows + r], exact.value, exact.bound) << n << " numbers, query " << q << ", row " << r;
      }
    }
    // Bars just below the best product of every other query, and at it for the rest.
    std::uint32_t want = 0;
    for (std::size_t q = 0; q < kPanelQueries; ++q) {
      const auto own = std::span(out).subspan(q * kPanelRows, kPanelRows);
      bars[q] = *std::max_element(own.begin(), own.end());
      if (q % 2 == 1) continue;
      bars[q] = std::nextafter(bars[q], -1e9F);
      want |= std::uint32_t{1} << q;
    }
    EXPECT_EQ(kernels().dot_panel(panel.data(), n, queries.data() + 1, stride, bars.data(), out.data()), want) << n;
  }
}

TEST_P(KernelsTest, a_row_gives_the_same_bits_at_any_position) {
  constexpr std::size_t kRows = 21;
  constexpr std::size_t kColumns = 101;
  const std::vector<float> row = random_numbers(kColumns, 5);
  const std::vector<float> query = random_numbers(kColumns, 6);
  std::vector<float> numbers;
  for (std::size_t i = 0; i < kRows; ++i) numbers.insert(numbers.end(), row.begin(), row.end());
  std::vector<float> out(kRows);
  kernels().dot_rows(query.data(), {numbers.data(), kRows, kColumns, kColumns}, out.data());
  for (const float one : out) EXPECT_EQ(one, out.front());
}

TEST_P(KernelsTest, axpy_and_scale_write_only_their_own_numbers) {
  const std::vector<float> x = random_numbers(kLongest + kShifts, 7);
  const std::vector<float> before = random_numbers(kLongest + 2 * kShifts, 8);
  for (std::size_t n = 0; n <= kLongest; ++n) {
    const std::size_t shift = n % kShifts;
    std::vector<float> added = before;
    std::vector<float> scaled = before;
    kernels().axpy(0.3F, x.data(), added.data() + shift, n);
    kernels().scale(0.3F, scaled.data() + shift, n);
    for (std::size_t i = 0; i < before.size(); ++i) {
      const bool inside = i >= shift && i < shift + n;
      const double want = inside ? before[i] + 0.3 * static_cast<double>(x[i - shift]) : before[i];
      ASSERT_NEAR(added[i], want, inside ? 4 * kRounding : 0.0) << n << " numbers, at " << i;
      ASSERT_NEAR(scaled[i], inside ? 0.3 * before[i] : before[i], inside ? kRounding : 0.0) << n << ", at " << i;
    }
  }
}

TEST_P(KernelsTest, dot_codes_is_the_exact_sum) {
  Random random(5);
  std::vector<std::int8_t> a(4096 + kShifts);
  std::vector<std::int8_t> b(a.size());
  for (std::int8_t& code : a) code = static_cast<std::int8_t>(static_cast<int>(random.below(255)) - 127);
  for (std::int8_t& code : b) code = static_cast<std::int8_t>(static_cast<int>(random.below(255)) - 127);
  std::fill_n(a.begin(), 2048, std::int8_t{-127});  // the largest possible sum
  std::fill_n(b.begin(), 2048, std::int8_t{-127});
  for (const std::size_t n : {0UL, 32UL, 64UL, 96UL, 128UL, 320UL, 4096UL}) {
    for (std::size_t shift = 0; shift < kShifts; ++shift) {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += static_cast<std::int64_t>(a[i + shift]) * b[i];
      ASSERT_EQ(kernels().dot_codes(a.data() + shift, b.data(), n), sum) << n << " codes, shift " << shift;
    }
  }
}

TEST_P(KernelsTest, dot_code_rows_are_the_exact_sums) {
  Random random(6);
  for (const std::size_t n : {0UL, 32UL, 128UL, 320UL, 4096UL}) {
    // As large as CodedQuery allows: a sum of 2^31 / 127, all of one sign in the first row.
    const auto most = static_cast<std::uint32_t>(std::min<std::size_t>(32767, n > 0 ? 16'909'320 / n : 0));
    std::vector<std::int16_t> query(n);
    for (std::int16_t& code : query) code = static_cast<std::int16_t>(most);
    for (std::size_t count = 0; count <= 9; ++count) {
      std::vector<std::vector<std::int8_t>> rows(count, std::vector<std::int8_t>(n, -127));
      std::vector<const std::int8_t*> pointers;
      for (std::size_t r = 0; r < count; ++r) {
        for (std::int8_t& code : rows[r]) {
          if (r > 0) code = static_cast<std::int8_t>(static_cast<int>(random.below(255)) - 127);
        }
        pointers.push_back(rows[r].data());
      }
      std::vector<std::int32_t> out(count);
      kernels().dot_code_rows(query.data(), pointers.data(), count, n, out.data());
      for (std::size_t r = 0; r < count; ++r) {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < n; ++i) sum += std::int64_t{query[i]} * rows[r][i];
        ASSERT_EQ(out[r], sum) << n << " codes, row " << r << " of " << count;
      }
      for (std::int16_t& code : query) {
        code = static_cast<std::int16_t>(static_cast<int>(random.below(2 * most + 1)) - static_cast<int>(most));
      }
    }
  }
}

TEST(CodedQuery, is_within_its_error_and_never_overflows) {
  Random random(7);
  for (const std::size_t n : {1UL, 5UL, 128UL, 5000UL}) {
    std::vector<float> numbers(n);
    for (float& number : numbers) number = random.below(2) == 0 ? 0.5F : static_cast<float>(random.uniform()) - 0.5F;
    const CodedQuery coded(numbers);
    ASSERT_EQ(coded.size(), coded_length(n));
    std::int64_t sum = 0;
    double square = 0;
    for (std::size_t i = 0; i < coded.size(); ++i) {
      const double number = i < n ? static_cast<double>(numbers[i]) : 0;
      square += std::pow(number - static_cast<double>(coded.scale()) * coded.codes()[i], 2);
      sum += 127 * std::abs(std::int64_t{coded.codes()[i]});
    }
    EXPECT_LE(sum, std::numeric_limits<std::int32_t>::max()) << n;
    EXPECT_NEAR(coded.error(), std::sqrt(square), 1e-6) << n;
    EXPECT_LT(std::sqrt(square), 2e-3) << n;
  }
  EXPECT_EQ(CodedQuery(std::vector<float>(3)).scale(), 0);
}

// Rows that end where the memory ends: AddressSanitizer catches a kernel that reads beyond them.
TEST_P(KernelsTest, read_nothing_beyond_the_end) {
  for (std::size_t n = 0; n <= 64; ++n) {
    const std::vector<float> a = random_numbers(n, 9);
    std::vector<float> rows = random_numbers(3 * n, 10);
    std::vector<float> out(3);
    EXPECT_TRUE(std::isfinite(kernels().dot(a.data(), rows.data(), n)));
    kernels().dot_rows(a.data(), {rows.data(), 3, n, n}, out.data());
    kernels().axpy(1, a.data(), rows.data() + 2 * n, n);
    kernels().scale(2, rows.data() + 2 * n, n);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, KernelsTest, ::testing::ValuesIn(all_kernels()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace segue::math
