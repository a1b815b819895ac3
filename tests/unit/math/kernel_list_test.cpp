#include "segue/math/kernel_list.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "segue/math/kernels/kernels.h"

#include "tests/support/expect_error.h"

namespace segue::math {
namespace {

// Restores the default afterwards.
class SimdTargets : public ::testing::Test {
 protected:
  ~SimdTargets() override { force_target(supported_targets().front().name); }
};

TEST_F(SimdTargets, holds_the_supported_targets_best_first_and_ends_with_scalar) {
  ASSERT_EQ(all_kernels().size(), supported_targets().size());
  EXPECT_TRUE(std::ranges::equal(all_kernels(), supported_targets(), {}, &Kernels::name, &SimdTarget::name));
  EXPECT_EQ(supported_targets().back().name, "scalar");
  EXPECT_EQ(all_kernels().scalar().name, "scalar");
  const auto place = [](const SimdTarget& target) {
    return std::ranges::find(kSimdTargets, target.name, &SimdTarget::name);
  };
  EXPECT_TRUE(std::ranges::is_sorted(supported_targets(), {}, place));
}

TEST_F(SimdTargets, picks_the_first_target_unless_another_is_forced) {
  EXPECT_EQ(best_target().name, supported_targets().front().name);
  EXPECT_EQ(best_kernels().name, supported_targets().front().name);
  for (const SimdTarget& target : supported_targets()) {
    force_target(target.name);
    EXPECT_EQ(best_target().name, target.name);
    EXPECT_EQ(best_kernels().name, target.name);
  }
}

TEST_F(SimdTargets, refuses_an_unknown_name_and_keeps_the_choice) {
  const std::string before(best_target().name);
  EXPECT_ERROR(force_target("AVX3"), ErrorCode::wrong_use,
               "--simd: expected one of avx512, avx2, sse4, neon, scalar, found AVX3");
  EXPECT_ERROR(force_target(""), ErrorCode::wrong_use, ", found ");
  EXPECT_EQ(best_target().name, before);
}

TEST_F(SimdTargets, refuses_a_target_of_another_machine_and_keeps_the_choice) {
  const std::string before(best_target().name);
  const auto elsewhere = std::ranges::find_if(kSimdTargets, [](const SimdTarget& target) {
    return std::ranges::find(supported_targets(), target.name, &SimdTarget::name) == supported_targets().end();
  });
  ASSERT_NE(elsewhere, kSimdTargets.end());  // no machine has both sse4 and neon
  EXPECT_ERROR(force_target(elsewhere->name), ErrorCode::wrong_use,
               "--simd: this machine does not support " + std::string(elsewhere->name) + ", only " + before);
  EXPECT_EQ(best_target().name, before);
}

}  // namespace
}  // namespace segue::math
