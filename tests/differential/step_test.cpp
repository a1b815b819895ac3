// Compares every step kernel that this machine supports with the step in double precision.
//
// The bound follows from the arithmetic: a dot product of d floats, added in any order, is off by at most d units of
// the last place of the sum of its absolute terms, the exponential and the rest by a few units more. An update is a sum
// of n such terms. Rows lie at unaligned addresses too, and the floats around them are checked.

#include "segue/train/kernels/step.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "segue/base/random.h"
#include "segue/math/matrix.h"

#include "tests/support/step_reference.h"

namespace segue {
namespace {

constexpr float kGuard = 12345.0F;
constexpr double kUnit = std::numeric_limits<float>::epsilon();

struct Case {
  std::size_t dim = 1;
  std::size_t inputs = 1;
  std::size_t outputs = 1;
  std::size_t played = 1;
  float noise_weight = 1;
  float damping = 0;
  std::size_t shift = 0;  // floats beyond a cache line at which each row starts
  float scale = 1;
  bool duplicates = false;
};

// The same rows in floats, with guards around each, and in doubles.
class Rows {
 public:
  Rows(std::size_t count, const Case& c, Random& random) : length_(math::padded(c.dim)) {
    for (std::size_t r = 0; r < count; ++r) {
      storage_.emplace_back(length_ + 64, kGuard);
      doubles_.emplace_back(c.dim);
      float* row = storage_.back().data();
      while (reinterpret_cast<std::uintptr_t>(row) % 64 != 0) ++row;
      row += 16 + c.shift;
      std::fill_n(row, length_, 0.0F);
      for (std::size_t i = 0; i < c.dim; ++i) {
        row[i] = (random.uniform_float() - 0.5F) * c.scale;
        doubles_.back()[i] = static_cast<double>(row[i]);
      }
      rows_.push_back(row);
    }
    for (auto& row : doubles_) double_rows_.push_back(row.data());
  }
  Rows(const Rows&) = delete;

  // Makes the last row the same as the one at `to`.
  void repeat(std::size_t to) {
    rows_.back() = rows_[to];
    double_rows_.back() = double_rows_[to];
  }

  std::span<float* const> floats() const { return rows_; }
  std::span<double* const> doubles() const { return double_rows_; }

  void expect_near(double bound, const std::string& what) const {
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      for (std::size_t i = 0; i < length_; ++i) {
        const auto found = static_cast<double>(rows_[r][i]);
        const double wanted = i < doubles_[r].size() ? double_rows_[r][i] : 0;
        const double limit = i < doubles_[r].size() ? bound + kUnit * std::abs(wanted) : 0;  // padding stays 0
        ASSERT_NEAR(found, wanted, limit) << what << ", row " << r << ", number " << i;
      }
      for (std::size_t i = 1; i <= 16; ++i) ASSERT_EQ(rows_[r][-static_cast<std::ptrdiff_t>(i)], kGuard) << what;
      for (std::size_t i = 0; i < 16; ++i) ASSERT_EQ(rows_[r][length_ + i], kGuard) << what;
    }
  }

 private:
  std::size_t length_;
  std::vector<std::vector<float>> storage_;
  std::vector<std::vector<double>> doubles_;
  std::vector<float*> rows_;
  std::vector<double*> double_rows_;
};

void compare(const train::StepKernel& kernel, const Case& c, std::uint64_t seed) {
  Random random(seed);
  Rows inputs(c.inputs, c, random);
  Rows outputs(c.outputs, c, random);
  if (c.duplicates) {
    if (c.inputs > 1) inputs.repeat(0);
    if (c.outputs > 2) outputs.repeat(1);
  }
  std::vector<float> scratch(2 * math::padded(c.dim), std::numeric_limits<float>::quiet_NaN());
  const float rate = 0.05F;
  const train::StepRows<float> rows{.inputs = inputs.floats(),
                                    .outputs = outputs.floats(),
                                    .played = c.played,
                                    .noise_weight = c.noise_weight,
                                    .length = math::padded(c.dim),
                                    .scratch = scratch.data()};
  const float found = kernel.step(rows, {.rate = rate, .damping = c.damping});
  const double wanted =
      train::reference_step({inputs.doubles(), outputs.doubles(), c.dim, c.played, static_cast<double>(c.noise_weight)},
                            static_cast<double>(rate), static_cast<double>(c.damping));

  const auto dim = static_cast<double>(c.dim);
  const auto n = static_cast<double>(c.outputs);
  const auto top = static_cast<double>(c.scale) / 2;  // of any number before the step
  const double weight = std::max(1.0, static_cast<double>(c.noise_weight));
  const double dot_error = (dim + static_cast<double>(c.inputs) + 2) * kUnit * dim * top * top;
  // Damping divides by a number that is off by the relative error of |h|^2 and of the curvature.
  const double gradient_error = weight * static_cast<double>(rate) * (2 * dot_error + (16 + 2 * dim) * kUnit);
  const double row_error =
      n * (gradient_error * 2 * top + 8 * kUnit * static_cast<double>(rate) * weight * 2 * top) + 2 * kUnit * top;
  const std::string what = std::string(kernel.name) + ": dim " + std::to_string(c.dim) + ", inputs " +
                           std::to_string(c.inputs) + ", outputs " + std::to_string(c.outputs) + ", played " +
                           std::to_string(c.played) + ", noise weight " + std::to_string(c.noise_weight) +
                           ", damping " + std::to_string(c.damping) + ", shift " + std::to_string(c.shift) +
                           ", scale " + std::to_string(c.scale);
  ASSERT_NEAR(static_cast<double>(found), wanted, n * weight * (dot_error + 8 * kUnit) + 8 * kUnit * wanted) << what;
  inputs.expect_near(row_error, what);
  outputs.expect_near(row_error, what);
}

class StepTest : public ::testing::TestWithParam<train::StepKernel> {};

TEST_P(StepTest, every_dimension) {
  for (std::size_t dim = 1; dim <= 300; ++dim) {
    for (const std::size_t outputs : {std::size_t{1}, std::size_t{6}, dim % 20 + 1}) {
      compare(GetParam(), {.dim = dim, .outputs = outputs}, dim);
    }
  }
}

TEST_P(StepTest, every_count_of_inputs_and_outputs) {
  for (std::size_t outputs = 1; outputs <= train::kMaxOutputs; ++outputs) {
    for (const std::size_t inputs : {1U, 2U, 3U, 10U}) {
      compare(GetParam(), {.dim = 20, .inputs = inputs, .outputs = outputs}, outputs);
    }
  }
}

TEST_P(StepTest, every_count_of_played_songs_with_any_noise_weight) {
  for (std::size_t outputs = 1; outputs <= 40; ++outputs) {
    for (std::size_t played = 0; played <= outputs; ++played) {
      for (const float damping : {0.0F, 16.0F}) {
        const float noise_weight = 0.5F * static_cast<float>(played);
        compare(GetParam(),
                {.dim = 33, .outputs = outputs, .played = played, .noise_weight = noise_weight, .damping = damping},
                outputs);
      }
    }
  }
}

TEST_P(StepTest, damped_in_every_dimension) {
  for (std::size_t dim = 1; dim <= 300; ++dim) {
    compare(GetParam(), {.dim = dim, .outputs = 9, .played = 6, .noise_weight = 15, .damping = 16}, dim);
    compare(GetParam(), {.dim = dim, .inputs = 5, .outputs = 3, .noise_weight = 2.5F, .damping = 16}, dim);
  }
}

TEST_P(StepTest, updates_are_the_same_without_the_loss) {
  const Case c{.dim = 100, .outputs = 9, .played = 6};
  Random random(1), again(1);
  const Rows inputs(1, c, random), outputs(9, c, random), inputs2(1, c, again), outputs2(9, c, again);
  std::vector<float> scratch(2 * math::padded(c.dim));
  const auto step = [&](const Rows& in, const Rows& out, bool loss) {
    return GetParam().step({in.floats(), out.floats(), 6, 4, math::padded(c.dim), scratch.data()}, {0.1F, 16, loss});
  };
  EXPECT_GT(step(inputs, outputs, true), 0);
  EXPECT_EQ(step(inputs2, outputs2, false), 0);
  for (std::size_t j = 0; j < 9; ++j) {
    EXPECT_TRUE(std::equal(outputs.floats()[j], outputs.floats()[j] + c.dim, outputs2.floats()[j]));
  }
  EXPECT_TRUE(std::equal(inputs.floats()[0], inputs.floats()[0] + c.dim, inputs2.floats()[0]));
}

// Rows of Bf16, and doubles with the same values, so that both steps start from the same numbers.
struct HalfRows {
  HalfRows(std::size_t count, std::size_t dim, Random& random)
      : halves(count, std::vector<math::Bf16>(math::padded(dim))) {
    for (auto& row : halves) {
      doubles.emplace_back(dim);
      for (std::size_t i = 0; i < dim; ++i) {
        row[i] = math::round_stochastically(random.uniform_float() - 0.5F, 0x8000);
        doubles.back()[i] = static_cast<double>(math::to_float(row[i]));
      }
      rows.push_back(row.data());
      double_rows.push_back(doubles.back().data());
    }
  }
  std::vector<std::vector<math::Bf16>> halves;
  std::vector<std::vector<double>> doubles;
  std::vector<math::Bf16*> rows;
  std::vector<double*> double_rows;
};

TEST_P(StepTest, bf16_rounds_to_a_neighbour_and_is_right_on_average) {
  for (const std::size_t dim : {1U, 16U, 37U, 128U, 300U}) {
    for (const std::size_t input_count : {1U, 4U}) {
      constexpr int kRepeats = 400;
      std::array<std::uint32_t, train::kRandomWords> words{};
      Random seeds(dim);
      for (std::uint32_t& word : words) word = static_cast<std::uint32_t>(seeds() >> 32) | 1U;
      double bias = 0;  // of (found - wanted) in units of the last place, over all numbers
      double numbers = 0;
      for (int repeat = 0; repeat < kRepeats; ++repeat) {
        Random random(7);
        HalfRows inputs(input_count, dim, random);
        HalfRows outputs(7, dim, random);
        std::vector<float> scratch(2 * math::padded(dim));
        GetParam().step_bf16({inputs.rows, outputs.rows, 4, 10, math::padded(dim), scratch.data(), words.data()},
                             {0.1F, 16});
        (void)train::reference_step({inputs.double_rows, outputs.double_rows, dim, 4, 10}, 0.1F, 16);
        for (const HalfRows* rows : {&inputs, &outputs}) {
          for (std::size_t r = 0; r < rows->rows.size(); ++r) {
            for (std::size_t i = 0; i < dim; ++i) {
              const double wanted = rows->doubles[r][i];
              const double last_place = std::exp2(std::floor(std::log2(std::abs(wanted) + 1e-9)) - 7);
              const double off = (static_cast<double>(math::to_float(rows->rows[r][i])) - wanted) / last_place;
              ASSERT_LE(std::abs(off), 1.01) << GetParam().name << ", dim " << dim << ", row " << r << ", " << i;
              bias += off;
              ++numbers;
            }
            for (std::size_t i = dim; i < math::padded(dim); ++i) ASSERT_EQ(math::to_float(rows->rows[r][i]), 0);
          }
        }
      }
      EXPECT_LT(std::abs(bias / numbers), 4 / std::sqrt(numbers)) << GetParam().name << ", dim " << dim;
    }
  }
}

TEST_P(StepTest, rows_at_any_address) {
  for (std::size_t shift = 0; shift < 16; ++shift) {
    for (const std::size_t dim : {1U, 15U, 16U, 17U, 128U}) {
      compare(GetParam(), {.dim = dim, .outputs = 6, .shift = shift}, shift);
      compare(GetParam(), {.dim = dim, .inputs = 4, .outputs = 11, .shift = shift}, shift);
    }
  }
}

TEST_P(StepTest, rows_named_twice) {
  for (const std::size_t outputs : {3U, 6U, 8U, 9U, 17U}) {
    for (const std::size_t inputs : {1U, 5U}) {
      compare(GetParam(), {.dim = 50, .inputs = inputs, .outputs = outputs, .duplicates = true}, outputs);
    }
  }
}

TEST_P(StepTest, from_tiny_to_huge_dot_products) {
  for (const float scale : {1e-20F, 1e-3F, 1.0F, 4.0F, 30.0F, 1000.0F}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      compare(GetParam(), {.dim = 64, .outputs = 6, .scale = scale}, seed);
      compare(GetParam(), {.dim = 64, .inputs = 3, .outputs = 21, .scale = scale}, seed);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, StepTest, ::testing::ValuesIn(train::all_step_kernels()),
                         [](const auto& kernel) { return std::string(kernel.param.name); });

TEST(StepKernels, follow_the_forced_target) {
  for (const math::SimdTarget& target : math::supported_targets()) {
    math::force_target(target.name);
    EXPECT_EQ(train::all_step_kernels().best().name, target.name);
  }
  math::force_target(math::supported_targets().front().name);
}

}  // namespace
}  // namespace segue
