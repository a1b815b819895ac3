// Rates of events and their 95 % intervals, when one listener's events are not independent of each other.
//
// A rate is a ratio of sums over clusters (a listener, or a list whose listener is unknown): hits over songs shown. Its
// variance follows from the sums of each cluster by the delta method (Deng, Knoblich, Lu 2018, "Applying the Delta
// Method in Metric Analytics", KDD). The interval is Wilson's (1927) with the number of songs shown divided by the
// design effect, which is that variance over the one of independent songs (Korn, Graubard 1998, "Confidence Intervals
// for Proportions with Small Expected Number of Positive Counts Estimated from Survey Data", Survey Methodology), and
// with Student's t of one degree of freedom less than clusters. Where every cluster has one song, that is Wilson's
// interval but for the t.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "segue/evaluate/bootstrap.h"

namespace segue::evaluate {

// Of one cluster.
struct Counts {
  std::uint64_t shown = 0;
  std::uint64_t hits = 0;
};

using Clusters = std::map<std::uint32_t, Counts>;  // by the number of the cluster

struct Rate {
  std::uint64_t shown = 0;
  std::uint64_t hits = 0;
  double rate = 0;                   // 0 if nothing was shown
  std::optional<Interval> interval;  // none of fewer than two clusters
};

Rate rate_of(const Clusters& clusters);

// Two-sided, of H0 that both rates are the same.
struct RateComparison {
  double difference = 0;  // rate of b - rate of a
  Interval difference_interval;
  double lift = 0;  // rate of b / rate of a - 1
  Interval lift_interval;
  double t = 0;  // log of the ratio over its standard error
  double p = 1;
  double least_seen = 0;  // the smallest lift that as many lists as these show at 80 % power
};

// A cluster may be in both: their covariance counts. The ratio is compared on the log scale. Nothing if either has no
// hit, fewer than two clusters, or no variance.
std::optional<RateComparison> compare_rates(const Clusters& a, const Clusters& b);

// How many times as much data shows a difference at 80 % power, if it is as large as it looks. Infinite for t = 0.
double factor_to_decide(double t);

// Two-sided p of |t|. REQUIRES: degrees > 0.
double p_of_t(double t, double degrees);
// The two-sided 95 % quantile.
double t_of_95(double degrees);
// Two-sided p of H0 that either side wins with probability 1/2.
double sign_test(std::uint64_t wins, std::uint64_t losses);

}  // namespace segue::evaluate
