#include "segue/evaluate/metrics.h"

#include <cmath>

namespace segue::evaluate {

double ndcg_of(const Outcome& outcome, std::uint32_t cutoff) {
  return outcome.rank == 0 || outcome.rank > cutoff ? 0 : 1 / std::log2(1.0 + outcome.rank);
}

void AccuracySum::add(const Outcome& outcome, std::uint32_t relevant) {
  ++positions_;
  for (std::size_t i = 0; i < kCutoffs.size(); ++i) {
    sum_.recall[i] += static_cast<double>(outcome.hits[i]) / relevant;
    if (outcome.rank == 0 || outcome.rank > kCutoffs[i]) continue;
    sum_.hit_rate[i] += 1;
    sum_.ndcg[i] += ndcg_of(outcome, kCutoffs[i]);
    sum_.mrr[i] += 1.0 / outcome.rank;
  }
}

Accuracy AccuracySum::mean() const {
  Accuracy mean = sum_;
  const double positions = positions_ == 0 ? 1 : static_cast<double>(positions_);
  for (ByCutoff* const values : {&mean.hit_rate, &mean.ndcg, &mean.mrr, &mean.recall}) {
    for (double& value : *values) value /= positions;
  }
  return mean;
}

}  // namespace segue::evaluate
