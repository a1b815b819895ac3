#include "segue/evaluate/events/rates.h"

#include <cmath>

#include <gtest/gtest.h>

namespace segue::evaluate {
namespace {

constexpr double kNear = 1e-9;

TEST(Rates, of_listeners_with_several_songs_each) {
  // R = 8 / 25. Residuals y - R n: -1.2, 1.8, -0.6, whose squares add up to 5.04. Variance 3/2 * 5.04 / 25^2 =
  // 0.012096; of independent songs 0.32 * 0.68 / 25 = 0.008704. So 25 songs count as 25 * 0.008704 / 0.012096
  // = 17.989418. Wilson's interval of 0.32 of 17.989418 with scipy.stats.t.ppf(0.975, 2) = 4.302653.
  const Rate rate = rate_of({{0, {10, 2}}, {1, {10, 5}}, {2, {5, 1}}});
  EXPECT_EQ(rate.shown, 25U);
  EXPECT_EQ(rate.hits, 8U);
  EXPECT_NEAR(rate.rate, 0.32, kNear);
  ASSERT_TRUE(rate.interval);
  EXPECT_NEAR(rate.interval->low, 0.06677050319150235, kNear);
  EXPECT_NEAR(rate.interval->high, 0.7558105016476028, kNear);
}

TEST(Rates, of_independent_songs_are_wilsons) {
  // statsmodels' proportion_confint(30, 100, method="wilson") is (0.21895, 0.39585). Here t of 99 degrees takes the
  // place of z, and 99 songs that of 100: m / (m - 1) in the variance.
  Clusters clusters;
  for (std::uint32_t i = 0; i < 100; ++i) clusters[i] = {.shown = 1, .hits = i < 30 ? 1U : 0U};
  const Rate rate = rate_of(clusters);
  EXPECT_NEAR(rate.interval->low, 0.21770206727703412, kNear);
  EXPECT_NEAR(rate.interval->high, 0.3975970474800592, kNear);
  EXPECT_NEAR(rate.interval->low, 0.21895, 0.002);
  EXPECT_NEAR(rate.interval->high, 0.39585, 0.002);
}

TEST(Rates, without_variance_count_each_listener_once) {
  const Rate none = rate_of({{0, {10, 0}}, {1, {10, 0}}, {2, {10, 0}}});
  EXPECT_EQ(none.rate, 0);
  EXPECT_NEAR(none.interval->low, 0, kNear);
  EXPECT_NEAR(none.interval->high, 0.8605482717520856, kNear);  // t^2 / (3 + t^2)
  EXPECT_FALSE(rate_of({{7, {10, 3}}}).interval);
  EXPECT_EQ(rate_of({}).rate, 0);
}

// Listener 2 has lists of both models, so that the covariance counts. The numbers: numpy, by the formulas of rates.h.
TEST(Rates, are_compared_on_the_log_scale) {
  const Clusters a = {{0, {10, 2}}, {1, {10, 5}}, {2, {5, 1}}};
  const Clusters b = {{2, {10, 3}}, {3, {10, 4}}, {4, {20, 9}}};
  const std::optional<RateComparison> found = compare_rates(a, b);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->difference, 0.08, kNear);
  EXPECT_NEAR(found->difference_interval.low, -0.35332006883051453, kNear);
  EXPECT_NEAR(found->difference_interval.high, 0.5133200688305146, kNear);
  EXPECT_NEAR(found->lift, 0.25, kNear);
  EXPECT_NEAR(found->lift_interval.low, -0.6715411134962412, kNear);
  EXPECT_NEAR(found->lift_interval.high, 3.7570641690710325, kNear);
  EXPECT_NEAR(found->t, 0.718382669281357, kNear);
  EXPECT_NEAR(found->p, 0.5471084987435182, kNear);
  const std::optional<RateComparison> other = compare_rates(b, a);
  EXPECT_NEAR(other->t, -found->t, kNear);
  EXPECT_NEAR(other->p, found->p, kNear);
}

TEST(Rates, that_cannot_be_compared_are_not) {
  const Clusters some = {{0, {10, 2}}, {1, {10, 5}}};
  EXPECT_FALSE(compare_rates(some, {{2, {10, 0}}, {3, {10, 0}}}));
  EXPECT_FALSE(compare_rates(some, {{2, {10, 4}}}));
  EXPECT_FALSE(compare_rates({{0, {10, 2}}, {1, {10, 2}}}, {{2, {10, 2}}, {3, {10, 2}}}));  // no variance
}

TEST(Rates, tests_agree_with_scipy) {
  EXPECT_NEAR(sign_test(7, 3), 0.34375, kNear);                // scipy.stats.binomtest(7, 10)
  EXPECT_NEAR(sign_test(40, 60), 0.05688793364098089, kNear);  // binomtest(60, 100)
  EXPECT_EQ(sign_test(5, 5), 1);
  EXPECT_EQ(sign_test(0, 0), 1);
  EXPECT_NEAR(t_of_95(9), 2.262157162798205, kNear);          // t.ppf(0.975, 9)
  EXPECT_NEAR(p_of_t(-2.5, 9), 0.033861827682985735, kNear);  // 2 * t.sf(2.5, 9)
  EXPECT_NEAR(factor_to_decide(2.8016), 1, 1e-3);             // 1.96 + 0.8416
  EXPECT_TRUE(std::isinf(factor_to_decide(0)));
}

}  // namespace
}  // namespace segue::evaluate
