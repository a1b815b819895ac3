#include "segue/train/loss_sample.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "segue/train/trainer.h"

#include "bench/support/corpus.h"

namespace segue::train {
namespace {

LossSample draw(const std::vector<std::vector<std::uint32_t>>& queues, const std::vector<std::uint64_t>& plays,
                std::size_t threads = 1) {
  return draw_loss_sample(data::Queues(queues), plays, threads);
}

bool same(const LossSample& a, const LossSample& b) {
  return std::ranges::equal(a.pairs, b.pairs, [](const SampledPair& x, const SampledPair& y) {
    return x.centre == y.centre && x.neighbour == y.neighbour && x.context == y.context &&
           x.context_size == y.context_size && x.noise == y.noise;
  });
}

TEST(LossSample, weighs_distances_as_a_dynamic_window_does) {
  // One queue of ten different songs: a pair of songs determines its distance.
  const LossSample sample = draw({{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}, std::vector<std::uint64_t>(10, 1));
  ASSERT_EQ(sample.pairs.size(), LossSample::kPairs);
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> found;
  for (const SampledPair& pair : sample.pairs) ++found[{pair.centre, pair.neighbour}];
  double total = 0;
  for (int d = 1; d <= 5; ++d) total += 2 * (10 - d) * (6 - d);
  for (int a = 0; a < 10; ++a) {
    for (int b = 0; b < 10; ++b) {
      const int d = std::abs(a - b);
      const double wanted = d == 0 || d > 5 ? 0 : (6 - d) / total * static_cast<double>(LossSample::kPairs);
      const double seen = found[{static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b)}];
      EXPECT_NEAR(seen, wanted, 5 * std::sqrt(wanted) + 1e-9) << a << ", " << b;
    }
  }
}

TEST(LossSample, context_is_every_song_within_the_reach) {
  const LossSample sample = draw({{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}, std::vector<std::uint64_t>(10, 1));
  for (const SampledPair& pair : sample.pairs) {
    const std::vector<std::uint32_t> context(pair.context.begin(), pair.context.begin() + pair.context_size);
    EXPECT_EQ(std::ranges::count(context, pair.neighbour), 1);
    EXPECT_EQ(std::ranges::count(context, pair.centre), 0);
    const std::uint32_t low = std::min(context.front(), pair.centre);
    const std::uint32_t high = std::max(context.back(), pair.centre);
    EXPECT_EQ(context.size(), high - low) << "no gap";
    // The reach is the same on both sides, except at the ends of the queue.
    const std::uint32_t before = pair.centre - low;
    const std::uint32_t after = high - pair.centre;
    EXPECT_TRUE(before == after || (before < after && low == 0) || (after < before && high == 9));
  }
}

TEST(LossSample, skips_songs_outside_the_vocabulary) {
  // 7 and 8 are not in the vocabulary: 0 and 1 are neighbours; the queue of 2 alone has no pair.
  const LossSample sample = draw({{7, 0, 8, 8, 8, 8, 8, 1}, {2, 7}, {8, 7, 7}}, {3, 2, 1});
  ASSERT_EQ(sample.pairs.size(), LossSample::kPairs);
  for (const SampledPair& pair : sample.pairs) {
    EXPECT_EQ(std::max(pair.centre, pair.neighbour), 1U);
    EXPECT_EQ(std::min(pair.centre, pair.neighbour), 0U);
  }
  EXPECT_TRUE(draw({{7, 0, 8}, {2, 7}}, {3, 2, 1}).pairs.empty());
}

TEST(LossSample, draws_noise_by_plays_to_the_power_of_three_quarters) {
  const LossSample sample = draw({{0, 1, 2}}, {160'000, 10'000, 1});
  std::vector<double> found(3);
  for (const SampledPair& pair : sample.pairs) {
    for (const std::uint32_t song : pair.noise) ++found[song];
  }
  const double total = 8000 + 1000 + 1;
  const double draws = static_cast<double>(LossSample::kPairs) * SampledPair::kNoise;
  EXPECT_NEAR(found[0], 8000 / total * draws, 5 * std::sqrt(draws));
  EXPECT_NEAR(found[1], 1000 / total * draws, 5 * std::sqrt(1000 / total * draws));
}

TEST(LossSample, does_not_depend_on_threads) {
  // More queues than one thread processes at a time.
  std::vector<std::vector<std::uint32_t>> queues;
  for (std::uint32_t queue = 0; queue < 50'000; ++queue) queues.push_back({queue % 7, queue % 11, queue % 13, 2});
  const std::vector<std::uint64_t> plays(12, 10'000);
  EXPECT_TRUE(same(draw(queues, plays, 1), draw(queues, plays, 4)));
}

// The loss by the formula of the header, in double precision.
double plain_mean_loss(const LossSample& sample, Architecture architecture, const TrainedMatrix& vectors,
                       const TrainedMatrix& context) {
  const auto log_sigmoid = [](double x) { return -std::log(1 + std::exp(-x)); };
  double sum = 0;
  for (const SampledPair& pair : sample.pairs) {
    const bool cbow = architecture == Architecture::cbow;
    const std::size_t inputs = cbow ? pair.context_size : 1;
    std::vector<double> input(vectors.columns());
    for (std::size_t i = 0; i < inputs; ++i) {
      const auto row = vectors.view()[cbow ? pair.context[i] : pair.centre];
      for (std::size_t k = 0; k < input.size(); ++k) {
        input[k] += static_cast<double>(row[k]) / static_cast<double>(inputs);
      }
    }
    const auto dot = [&](std::uint32_t song) {
      double product = 0;
      for (std::size_t k = 0; k < input.size(); ++k) product += input[k] * static_cast<double>(context.view()[song][k]);
      return product;
    };
    const std::uint32_t positive = cbow ? pair.centre : pair.neighbour;
    sum -= log_sigmoid(dot(positive));
    for (const std::uint32_t song : pair.noise) sum -= song == positive ? 0 : log_sigmoid(-dot(song));
  }
  return sum / static_cast<double>(sample.pairs.size());
}

TEST(LossSample, loss_agrees_with_the_formula_for_any_number_of_threads) {
  const Corpus corpus = generate_corpus({.songs = 200, .clusters = 10, .plays = 20'000});
  TrainOptions options;
  options.dim = 20;
  options.threads = 1;
  for (const Architecture architecture : {Architecture::skipgram, Architecture::cbow}) {
    options.architecture = architecture;
    NoProgress progress;
    const TrainedVectors trained = train_vectors(data::Queues(corpus.queues), corpus.plays, options, progress, {});
    const std::vector<std::uint64_t> plays(corpus.plays.begin(),
                                           corpus.plays.begin() + static_cast<long>(trained.vectors.rows()));
    const LossSample sample = draw(corpus.queues, plays);
    const auto loss = [&](std::size_t threads) {
      return mean_loss(sample, architecture, read_rows_of(trained.vectors.view()), read_rows_of(trained.context.view()),
                       20, threads);
    };
    EXPECT_NEAR(loss(1), plain_mean_loss(sample, architecture, trained.vectors, trained.context), 1e-5);
    EXPECT_EQ(loss(1), loss(3));
    EXPECT_EQ(loss(1), trained.epochs.back().sample_loss) << "the trainer reports the same";
    EXPECT_LT(trained.epochs.back().sample_loss, trained.untrained_loss);
  }
}

TEST(LossSample, of_an_untrained_model_is_log_2_an_output) {
  const math::Matrix vectors(2, 4);
  const LossSample sample = draw({{0, 1}}, {1'000'000'000, 1});
  const double loss =
      mean_loss(sample, Architecture::skipgram, read_rows_of(vectors.view()), read_rows_of(vectors.view()), 4, 1);
  // Half the pairs have the popular song as positive, and nearly all of their noise is skipped.
  EXPECT_NEAR(loss, std::log(2.0) * (0.5 * 1 + 0.5 * 6), 0.05);
  EXPECT_EQ(mean_loss({}, Architecture::skipgram, read_rows_of(vectors.view()), read_rows_of(vectors.view()), 4, 1), 0);
}

// The purpose of the sample: options that change the trained loss do not change the reported one.
TEST(LossSample, is_the_same_quantity_for_other_options) {
  const Corpus corpus = generate_corpus({.songs = 200, .clusters = 10, .plays = 20'000});
  TrainOptions options;
  options.dim = 8;
  options.epochs = 1;
  options.learning_rate = options.min_learning_rate = 0;
  const auto untrained = [&](const TrainOptions& some) {
    NoProgress progress;
    return train_vectors(data::Queues(corpus.queues), corpus.plays, some, progress, {}).untrained_loss;
  };
  const double loss = untrained(options);
  options.negatives = 20;
  options.negative_exponent = -0.5;
  options.window = 9;
  options.subsample = 0;
  options.seed = 7;
  options.dim = 16;
  EXPECT_EQ(untrained(options), loss);
}

}  // namespace
}  // namespace segue::train
