#include "segue/train/new_vectors.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "segue/base/error.h"
#include "segue/base/random.h"
#include "segue/math/kernels/kernels.h"
#include "segue/train/vocabulary.h"

namespace segue::train {

namespace {

// Training rarely draws more noise than this for a pair; a song of one play in a log of billions would ask for it.
constexpr double kMostNoiseOfContext = 64;

float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}

// A step on `moving` that makes its product with `fixed` larger (is_pair) or smaller.
void nudge(std::span<float> moving, const float* fixed, bool is_pair, float rate) {
  const float product = math::best_kernels().dot(moving.data(), fixed, moving.size());
  const float gradient = (is_pair ? 1.0F : 0.0F) - sigmoid(product);
  math::best_kernels().axpy(rate * gradient, fixed, moving.data(), moving.size());
}

}  // namespace

NewVectors::NewVectors(math::MatrixView<const float> vectors, math::MatrixView<const float> context,
                       std::span<const std::uint64_t> plays, const TrainOptions& options)
    : vectors_(vectors), context_(context), options_(options), keep_(plays.size(), 1.0F) {
  SEGUE_ASSERT(plays.size() == vectors.rows && plays.size() == context.rows && !plays.empty());
  const auto all = static_cast<double>(std::accumulate(plays.begin(), plays.end(), std::uint64_t{0}));
  std::vector<double> noise(plays.size());
  std::vector<double> kept(plays.size());
  for (std::size_t song = 0; song < plays.size(); ++song) {
    const double times = static_cast<double>(std::max<std::uint64_t>(plays[song], 1));
    if (options.subsample > 0 && all > 0) {
      keep_[song] = static_cast<float>(keep_probability(times / all, options.subsample));
    }
    noise[song] = std::pow(times, options.negative_exponent);
    kept[song] = times * static_cast<double>(keep_[song]);
  }
  noise_ = AliasTable(noise);
  centres_ = AliasTable(kept);
  noise_sum_ = std::accumulate(noise.begin(), noise.end(), 0.0);
  plays_kept_ = std::accumulate(kept.begin(), kept.end(), 0.0);
}

float NewVectors::weight_of(const NearPlay& pair) const {
  if (pair.distance > options_.window) return 0;
  const float reached = options_.dynamic_window ? static_cast<float>(options_.window + 1 - pair.distance) /
                                                      static_cast<float>(options_.window)
                                                : 1.0F;
  return reached * keep_[pair.song];
}

// How often training draws a song of so many plays as noise, for each pair of the song itself.
double NewVectors::noise_of(std::uint64_t plays) const {
  const auto times = static_cast<double>(std::max<std::uint64_t>(plays, 1));
  const double share = std::pow(times, options_.negative_exponent) / noise_sum_;
  return std::min(options_.negatives * share * plays_kept_ / times, kMostNoiseOfContext);
}

void NewVectors::fit(std::span<const NearPlay> near, std::uint64_t plays, std::uint64_t stream, std::span<float> vector,
                     std::span<float> context) const {
  SEGUE_ASSERT(vector.size() == vectors_.columns && context.size() == context_.columns);
  Random random(options_.seed, stream);
  const double noise_of_context = noise_of(plays);
  double noise_due = 0;
  const double steps = static_cast<double>(options_.epochs) * static_cast<double>(near.size());
  double done = 0;
  for (std::uint32_t pass = 0; pass < options_.epochs; ++pass) {
    for (const NearPlay& pair : near) {
      const double rate =
          options_.learning_rate + (options_.min_learning_rate - options_.learning_rate) * done++ / steps;
      const float weight = weight_of(pair);
      if (weight == 0) continue;
      const float weighted = static_cast<float>(rate) * weight;
      nudge(vector, context_.row(pair.song), true, weighted);
      for (std::uint32_t i = 0; i < options_.negatives; ++i) {
        nudge(vector, context_.row(noise_.draw(random)), false, weighted);
      }
      nudge(context, vectors_.row(pair.song), true, weighted);
      noise_due += noise_of_context;
      const auto noise = static_cast<std::uint32_t>(noise_due);
      noise_due -= noise;
      for (std::uint32_t i = 0; i < noise; ++i) {
        nudge(context, vectors_.row(centres_.draw(random)), false, weighted);
      }
    }
  }
}

}  // namespace segue::train
