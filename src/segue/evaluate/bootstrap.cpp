#include "segue/evaluate/bootstrap.h"

#include <algorithm>
#include <cmath>

#include "segue/base/parallel.h"
#include "segue/base/random.h"

namespace segue::evaluate {

namespace {

Interval middle(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(std::llround(share * static_cast<double>(values.size() - 1)))];
  };
  return {at(0.025), at(0.975)};
}

}  // namespace

BootstrapResult bootstrap(std::span<const UnitSums> metrics, std::span<const std::size_t> references,
                          std::span<const std::uint32_t> positions, std::uint32_t resamples, std::uint64_t seed,
                          std::size_t threads) {
  const std::size_t units = positions.size();
  // samples[m * resamples + s]: the mean of metric m in sample s.
  std::vector<double> samples(metrics.size() * resamples);
  parallel_for(resamples, 8, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<double> times(units);
    for (std::size_t sample = begin; sample < end; ++sample) {
      Random random(seed, sample);
      std::ranges::fill(times, 0.0);
      double count = 0;
      for (std::size_t i = 0; i < units; ++i) {
        const std::uint32_t unit = random.below(static_cast<std::uint32_t>(units));
        times[unit] += 1;
        count += positions[unit];
      }
      for (std::size_t m = 0; m < metrics.size(); ++m) {
        double sum = 0;
        for (std::size_t unit = 0; unit < units; ++unit) sum += times[unit] * metrics[m][unit];
        samples[m * resamples + sample] = sum / count;
      }
    }
  });
  BootstrapResult result;
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    const std::span<const double> own(samples.data() + m * resamples, resamples);
    const std::span<const double> other(samples.data() + references[m] * resamples, resamples);
    result.means.push_back(middle({own.begin(), own.end()}));
    std::vector<double> differences(resamples);
    std::ranges::transform(own, other, differences.begin(), std::minus());
    result.differences.push_back(middle(std::move(differences)));
  }
  return result;
}

}  // namespace segue::evaluate
