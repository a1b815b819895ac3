#include "segue/train/vocabulary.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "segue/base/error.h"
#include "segue/train/trainer.h"

namespace segue::train {

double keep_probability(double share, double subsample) {
  return std::min(1.0, std::sqrt(subsample / share));
}

std::uint32_t trained_song_count(std::span<const std::uint64_t> plays, std::uint64_t min_plays) {
  const auto end = std::ranges::partition_point(plays, [&](std::uint64_t count) { return count >= min_plays; });
  return static_cast<std::uint32_t>(end - plays.begin());
}

Vocabulary make_vocabulary(std::span<const std::uint64_t> plays, const TrainOptions& options) {
  return make_vocabulary(plays, std::vector<double>(plays.begin(), plays.end()), options);
}

Vocabulary make_vocabulary(std::span<const std::uint64_t> plays, std::span<const double> in_an_epoch,
                           const TrainOptions& options) {
  Vocabulary vocabulary;
  vocabulary.size = trained_song_count(plays, options.min_plays);
  if (vocabulary.size == 0) {
    fail(ErrorCode::bad_input, "--min-plays: expected a song with {} plays or more, found {} as the most",
         options.min_plays, plays.empty() ? 0 : plays.front());
  }
  const auto trained = in_an_epoch.first(vocabulary.size);
  const double all = std::accumulate(trained.begin(), trained.end(), 0.0);
  vocabulary.plays = static_cast<std::uint64_t>(std::llround(all));

  std::vector<double> weights;
  weights.reserve(vocabulary.size);
  vocabulary.keep.reserve(vocabulary.size);
  for (const double count : trained) {
    const double share = count / all;
    const double keep = options.subsample > 0 ? keep_probability(share, options.subsample) : 1;
    vocabulary.keep.push_back(static_cast<float>(keep));
    weights.push_back(std::pow(count, options.negative_exponent));
  }
  vocabulary.noise = AliasTable(weights);
  return vocabulary;
}

}  // namespace segue::train
