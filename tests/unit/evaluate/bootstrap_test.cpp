#include "segue/evaluate/bootstrap.h"

#include <cmath>

#include <gtest/gtest.h>

#include "segue/base/random.h"

namespace segue::evaluate {
namespace {

// 400 units of one position, each a hit with probability 0.3: the interval is about 1.96 standard errors each way.
TEST(Bootstrap, is_as_wide_as_the_standard_error_predicts) {
  constexpr std::size_t kUnits = 400;
  Random random(3);
  UnitSums hits(kUnits);
  double mean = 0;
  for (double& hit : hits) mean += (hit = random.uniform() < 0.3 ? 1 : 0) / kUnits;
  const std::vector<std::uint32_t> ones(kUnits, 1);
  const BootstrapResult result = bootstrap(std::vector<UnitSums>{hits}, std::vector<std::size_t>{0}, ones, 4000, 1, 2);
  const double error = std::sqrt(mean * (1 - mean) / kUnits);
  EXPECT_NEAR(result.means[0].low, mean - 1.96 * error, 0.2 * error);
  EXPECT_NEAR(result.means[0].high, mean + 1.96 * error, 0.2 * error);
  EXPECT_EQ(result.differences[0].low, 0);
  EXPECT_EQ(result.differences[0].high, 0);
}

// One metric exceeds the other by a constant in every unit, so the paired difference is certain.
TEST(Bootstrap, differences_are_paired) {
  const std::vector<UnitSums> metrics = {{0, 5, 1, 2}, {1, 6, 2, 3}};
  const std::vector<std::uint32_t> positions = {10, 10, 10, 10};
  const BootstrapResult result = bootstrap(metrics, std::vector<std::size_t>{0, 0}, positions, 500, 1, 1);
  EXPECT_LT(result.means[1].low, result.means[1].high);
  EXPECT_NEAR(result.differences[1].low, 0.1, 1e-12);
  EXPECT_NEAR(result.differences[1].high, 0.1, 1e-12);
}

TEST(Bootstrap, does_not_depend_on_threads) {
  const std::vector<UnitSums> metrics = {{0, 5, 1, 2}};
  const std::vector<std::uint32_t> positions = {10, 20, 30, 5};
  const std::vector<std::size_t> self = {0};
  const BootstrapResult one = bootstrap(metrics, self, positions, 100, 7, 1);
  const BootstrapResult four = bootstrap(metrics, self, positions, 100, 7, 4);
  EXPECT_EQ(one.means[0].low, four.means[0].low);
  EXPECT_EQ(one.means[0].high, four.means[0].high);
}

}  // namespace
}  // namespace segue::evaluate
