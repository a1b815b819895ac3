// Checks the reference itself: against the definition of its gradient, and against numbers worked out by hand.

#include "tests/support/step_reference.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "segue/base/random.h"

namespace segue::train {
namespace {

struct Rows {
  Rows(std::size_t count, std::size_t dim, std::uint64_t seed) : values(count, std::vector<double>(dim)) {
    Random random(seed);
    for (auto& row : values) {
      for (double& x : row) x = random.uniform() - 0.5;
      pointers.push_back(row.data());
    }
  }
  std::vector<std::vector<double>> values;
  std::vector<double*> pointers;
};

// One input: the step is minus rate times the gradient of the loss, for input and outputs alike.
TEST(ReferenceStep, follows_the_gradient_of_the_loss) {
  constexpr std::size_t kDim = 7;
  constexpr double kRate = 1e-7;  // so small that the updates of outputs do not show in e
  constexpr double kShift = 1e-5;
  constexpr std::size_t kPlayed = 2;
  constexpr double kNoiseWeight = 3.5;
  Rows inputs(1, kDim, 1);
  Rows outputs(4, kDim, 2);
  const Rows inputs_before = inputs;
  const Rows outputs_before = outputs;
  reference_step({inputs.pointers, outputs.pointers, kDim, kPlayed, kNoiseWeight}, kRate);

  const auto check = [&](std::size_t i, double after, double before, bool is_input, std::size_t row) {
    const auto loss_at = [&](double shift) {
      Rows moved_inputs(1, kDim, 1);
      Rows moved_outputs(4, kDim, 2);
      (is_input ? moved_inputs : moved_outputs).values[row][i] += shift;
      return reference_loss({moved_inputs.pointers, moved_outputs.pointers, kDim, kPlayed, kNoiseWeight});
    };
    const double gradient = (loss_at(kShift) - loss_at(-kShift)) / (2 * kShift);
    EXPECT_NEAR((after - before) / kRate, -gradient, 1e-6);
  };
  for (std::size_t i = 0; i < kDim; ++i) {
    check(i, inputs.values[0][i], inputs_before.values[0][i], true, 0);
    for (std::size_t row = 0; row < 4; ++row) {
      check(i, outputs.values[row][i], outputs_before.values[row][i], false, row);
    }
  }
}

TEST(ReferenceStep, one_number_by_hand) {
  Rows inputs(1, 1, 1);
  Rows outputs(2, 1, 1);
  inputs.values[0][0] = 2;
  outputs.values[0][0] = 0.5;    // dot 1
  outputs.values[1][0] = -0.25;  // dot -0.5
  const double loss = reference_step({inputs.pointers, outputs.pointers, 1}, 0.1);
  const double g0 = 0.1 * (1 - 1 / (1 + std::exp(-1.0)));
  const double g1 = -0.1 / (1 + std::exp(0.5));
  EXPECT_NEAR(loss, std::log1p(std::exp(-1.0)) + std::log1p(std::exp(-0.5)), 1e-15);
  EXPECT_NEAR(outputs.values[0][0], 0.5 + g0 * 2, 1e-15);
  EXPECT_NEAR(outputs.values[1][0], -0.25 + g1 * 2, 1e-15);
  EXPECT_NEAR(inputs.values[0][0], 2 + g0 * 0.5 + g1 * -0.25, 1e-15);
}

// The damped size is that of the undamped step over 1 + damping rate w |h|^2 s (1 - s).
TEST(ReferenceStep, damping_by_hand) {
  Rows inputs(1, 1, 1);
  Rows outputs(2, 1, 1);
  inputs.values[0][0] = 2;
  outputs.values[0][0] = 0.5;    // dot 1
  outputs.values[1][0] = -0.25;  // dot -0.5
  reference_step({inputs.pointers, outputs.pointers, 1, 1, 3}, 0.1, 16);
  const double s0 = 1 / (1 + std::exp(-1.0));
  const double s1 = 1 / (1 + std::exp(0.5));
  const double g0 = 0.1 * (1 - s0) / (1 + 16 * 0.1 * 4 * s0 * (1 - s0));
  const double g1 = -0.1 * 3 * s1 / (1 + 16 * 0.1 * 3 * 4 * s1 * (1 - s1));
  EXPECT_NEAR(outputs.values[0][0], 0.5 + g0 * 2, 1e-15);
  EXPECT_NEAR(outputs.values[1][0], -0.25 + g1 * 2, 1e-15);
  EXPECT_NEAR(inputs.values[0][0], 2 + g0 * 0.5 + g1 * -0.25, 1e-15);
}

TEST(ReferenceStep, an_output_named_twice_is_updated_twice_in_order) {
  Rows inputs(1, 1, 1);
  Rows outputs(2, 1, 1);
  inputs.values[0][0] = 2;
  outputs.values[0][0] = 0;
  outputs.values[1][0] = 0.5;
  const std::vector<double*> twice = {outputs.pointers[0], outputs.pointers[1], outputs.pointers[1]};
  reference_step({inputs.pointers, twice, 1}, 0.1);
  const double g = -0.1 / (1 + std::exp(-1.0));
  EXPECT_NEAR(outputs.values[1][0], 0.5 + 2 * g * 2, 1e-15);
  EXPECT_NEAR(inputs.values[0][0], 2 + g * 0.5 + g * (0.5 + g * 2), 1e-15);
}

TEST(ReferenceStep, several_inputs_are_averaged_and_each_receives_the_whole_error) {
  Rows inputs(2, 1, 1);
  Rows outputs(1, 1, 1);
  inputs.values[0][0] = 1;
  inputs.values[1][0] = 3;
  outputs.values[0][0] = 0.5;
  reference_step({inputs.pointers, outputs.pointers, 1}, 0.1);
  const double g = 0.1 * (1 - 1 / (1 + std::exp(-1.0)));
  EXPECT_NEAR(outputs.values[0][0], 0.5 + g * 2, 1e-15);
  EXPECT_NEAR(inputs.values[0][0], 1 + g * 0.5, 1e-15);
  EXPECT_NEAR(inputs.values[1][0], 3 + g * 0.5, 1e-15);
}

TEST(ReferenceStep, large_dot_products_neither_overflow_nor_vanish) {
  Rows inputs(1, 1, 1);
  Rows outputs(2, 1, 1);
  inputs.values[0][0] = 1000;
  outputs.values[0][0] = -1;
  outputs.values[1][0] = 1;
  EXPECT_DOUBLE_EQ(reference_step({inputs.pointers, outputs.pointers, 1}, 0), 2000);
}

}  // namespace
}  // namespace segue::train
