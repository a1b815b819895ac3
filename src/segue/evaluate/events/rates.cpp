#include "segue/evaluate/events/rates.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "segue/base/error.h"

namespace segue::evaluate {

namespace {

constexpr double kTail = 0.025;            // of a two-sided 95 % interval
constexpr double kPowerQuantile = 0.8416;  // of the normal distribution at 80 %
constexpr double kNormalQuantile = 1.9600;

double as_double(std::uint64_t count) {
  return static_cast<double>(count);
}

Counts total_of(const Clusters& clusters) {
  Counts total;
  for (const auto& [cluster, counts] : clusters) {
    total.shown += counts.shown;
    total.hits += counts.hits;
  }
  return total;
}

// Wilson's interval for a share p of n.
Interval wilson(double p, double n, double quantile) {
  const double square = quantile * quantile;
  const double middle = (p + square / (2 * n)) / (1 + square / n);
  const double half = quantile / (1 + square / n) * std::sqrt(p * (1 - p) / n + square / (4 * n * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

}  // namespace

double p_of_t(double t, double degrees) {
  SEGUE_ASSERT(degrees > 0);
  return std::min(1.0, 2 * boost::math::cdf(boost::math::complement(boost::math::students_t(degrees), std::abs(t))));
}

double t_of_95(double degrees) {
  SEGUE_ASSERT(degrees > 0);
  return boost::math::quantile(boost::math::complement(boost::math::students_t(degrees), kTail));
}

double sign_test(std::uint64_t wins, std::uint64_t losses) {
  if (wins + losses == 0) return 1;
  const boost::math::binomial half(as_double(wins + losses), 0.5);
  return std::min(1.0, 2 * boost::math::cdf(half, as_double(std::min(wins, losses))));
}

double factor_to_decide(double t) {
  if (t == 0) return std::numeric_limits<double>::infinity();
  const double wanted = (kNormalQuantile + kPowerQuantile) / std::abs(t);
  return wanted * wanted;
}

Rate rate_of(const Clusters& clusters) {
  const Counts total = total_of(clusters);
  Rate rate{.shown = total.shown, .hits = total.hits, .rate = 0, .interval = {}};
  if (total.shown == 0) return rate;
  rate.rate = as_double(total.hits) / as_double(total.shown);
  const double count = as_double(clusters.size());
  if (clusters.size() < 2) return rate;
  double squares = 0;
  for (const auto& [cluster, counts] : clusters) {
    const double residual = as_double(counts.hits) - rate.rate * as_double(counts.shown);
    squares += residual * residual;
  }
  const double shown = as_double(total.shown);
  const double variance = count / (count - 1) * squares / (shown * shown);
  const double of_independent = rate.rate * (1 - rate.rate) / shown;
  // Without any variance, as many independent songs as clusters: each may be all alike.
  const double effective = of_independent > 0 ? shown * of_independent / variance : count;
  rate.interval = wilson(rate.rate, std::min(shown, effective), t_of_95(count - 1));
  return rate;
}

std::optional<RateComparison> compare_rates(const Clusters& a, const Clusters& b) {
  const Counts all_a = total_of(a);
  const Counts all_b = total_of(b);
  if (all_a.hits == 0 || all_b.hits == 0 || a.size() < 2 || b.size() < 2) return std::nullopt;
  const double rate_a = as_double(all_a.hits) / as_double(all_a.shown);
  const double rate_b = as_double(all_b.hits) / as_double(all_b.shown);
  std::set<std::uint32_t> clusters;
  for (const auto& [cluster, counts] : a) clusters.insert(cluster);
  for (const auto& [cluster, counts] : b) clusters.insert(cluster);
  // How far the cluster's hits are from what its model's rate would give, over all songs shown.
  const auto influence = [](const Clusters& of, std::uint32_t cluster, double rate, std::uint64_t shown) {
    const auto found = of.find(cluster);
    if (found == of.end()) return 0.0;
    return (as_double(found->second.hits) - rate * as_double(found->second.shown)) / as_double(shown);
  };
  double squares = 0;
  double log_squares = 0;
  for (const std::uint32_t cluster : clusters) {
    const double of_a = influence(a, cluster, rate_a, all_a.shown);
    const double of_b = influence(b, cluster, rate_b, all_b.shown);
    squares += (of_b - of_a) * (of_b - of_a);
    const double of_log = of_b / rate_b - of_a / rate_a;
    log_squares += of_log * of_log;
  }
  if (!(log_squares > 0)) return std::nullopt;
  const double count = as_double(clusters.size());
  const double error = std::sqrt(count / (count - 1) * squares);
  const double log_error = std::sqrt(count / (count - 1) * log_squares);
  const double degrees = as_double(std::min(a.size(), b.size())) - 1;
  const double quantile = t_of_95(degrees);
  const double log_ratio = std::log(rate_b / rate_a);
  RateComparison comparison;
  comparison.difference = rate_b - rate_a;
  comparison.difference_interval = {comparison.difference - quantile * error, comparison.difference + quantile * error};
  comparison.lift = rate_b / rate_a - 1;
  comparison.lift_interval = {std::exp(log_ratio - quantile * log_error) - 1,
                              std::exp(log_ratio + quantile * log_error) - 1};
  comparison.t = log_ratio / log_error;
  comparison.p = p_of_t(comparison.t, degrees);
  comparison.least_seen = std::exp((quantile + kPowerQuantile) * log_error) - 1;
  return comparison;
}

}  // namespace segue::evaluate
