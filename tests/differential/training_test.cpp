// Whole training runs on small data: compares every kernel with a trainer in double precision that takes the same
// examples in order, through step_reference.h.

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "segue/train/examples.h"
#include "segue/train/schedule.h"
#include "segue/train/trainer.h"
#include "segue/train/worker.h"

#include "bench/support/corpus.h"
#include "tests/support/step_reference.h"

namespace segue {
namespace {

constexpr std::uint64_t kPlaysInBlock = 10'000;  // as in trainer.cpp

struct ReferenceVectors {
  std::vector<std::vector<double>> vectors;
  std::vector<std::vector<double>> context;
  std::vector<double> losses;  // mean, by epoch
};

ReferenceVectors train_reference(const data::Queues& queues, std::span<const std::uint64_t> plays,
                                 const train::TrainOptions& options) {
  const train::Vocabulary vocabulary = train::make_vocabulary(plays, options);
  ReferenceVectors trained;
  trained.context.assign(vocabulary.size, std::vector<double>(options.dim));
  trained.vectors = trained.context;
  for (std::uint32_t song = 0; song < vocabulary.size; ++song) {
    Random random = train::random_stream(options.seed, train::Draw::initial_vectors, 0, song);
    for (double& x : trained.vectors[song]) {
      x = (2 * static_cast<double>(random.uniform_float()) - 1) * train::kInitialReach / std::sqrt(options.dim);
    }
  }
  const std::vector<train::Block> blocks = train::cut_into_blocks(queues, kPlaysInBlock);
  const std::uint64_t total = options.epochs * vocabulary.plays;
  std::uint64_t done = 0;
  for (std::uint32_t epoch = 0; epoch < options.epochs; ++epoch) {
    double loss = 0;
    double pairs = 0;
    for (const std::uint32_t block : train::block_order(blocks.size(), options.seed, epoch)) {
      train::ExampleStream stream(queues, vocabulary, options, epoch, block, blocks[block]);
      double block_loss = 0;
      double block_pairs = 0;
      double pairs_with_loss = 0;
      std::size_t number = 0;
      for (train::Example example; stream.next(example); ++number) {
        std::vector<double*> inputs;
        std::vector<double*> outputs;
        for (const std::uint32_t song : example.inputs) inputs.push_back(trained.vectors[song].data());
        for (const std::uint32_t song : example.outputs) outputs.push_back(trained.context[song].data());
        const double found = train::reference_step(
            {inputs, outputs, options.dim, example.played, static_cast<double>(example.noise_weight)},
            train::learning_rate_at(options, done + example.plays_before, total), train::damping_of(options));
        block_pairs += static_cast<double>(example.played);
        if (number % train::kExamplesPerLoss != 0) continue;
        block_loss += found;
        pairs_with_loss += static_cast<double>(example.played);
      }
      if (number > 0) loss += block_loss * block_pairs / pairs_with_loss;
      pairs += block_pairs;
      done += stream.plays_seen();
    }
    trained.losses.push_back(loss / pairs);
  }
  return trained;
}

// |found - wanted| / |wanted|, as matrices.
double relative_difference(math::MatrixView<const float> found, const std::vector<std::vector<double>>& wanted) {
  double difference = 0;
  double size = 0;
  for (std::size_t r = 0; r < wanted.size(); ++r) {
    for (std::size_t c = 0; c < wanted[r].size(); ++c) {
      difference += std::pow(static_cast<double>(found[r][c]) - wanted[r][c], 2);
      size += std::pow(wanted[r][c], 2);
    }
  }
  return std::sqrt(difference / size);
}

Corpus small_corpus() {
  return generate_corpus({.songs = 300, .clusters = 10, .plays = 15'000});
}

struct Case {
  train::Architecture architecture;
  std::uint32_t negatives;
  train::NegativeSharing sharing;
};

class TrainingTest : public ::testing::TestWithParam<Case> {};

TEST_P(TrainingTest, every_kernel_agrees_with_double_precision_to_rounding) {
  const Corpus corpus = small_corpus();
  const data::Queues queues(corpus.queues);
  train::TrainOptions options;
  options.architecture = GetParam().architecture;
  options.negatives = GetParam().negatives;
  options.negative_sharing = GetParam().sharing;
  options.dim = 37;
  options.epochs = 2;
  options.subsample = 1e-2;
  options.threads = 1;
  const ReferenceVectors wanted = train_reference(queues, corpus.plays, options);
  for (const train::StepKernel& kernel : train::all_step_kernels()) {
    NoProgress progress;
    const train::TrainedVectors found = train::train_vectors_with(kernel, queues, corpus.plays, options, progress, {});
    // 10^5 steps, each accurate to some 10^-7, and most of these errors cancel.
    constexpr double kClose = 2e-5;
    EXPECT_LT(relative_difference(found.vectors.view(), wanted.vectors), kClose) << kernel.name;
    EXPECT_LT(relative_difference(found.context.view(), wanted.context), kClose) << kernel.name;
    for (std::uint32_t epoch = 0; epoch < options.epochs; ++epoch) {
      EXPECT_NEAR(found.epochs[epoch].mean_loss / wanted.losses[epoch], 1, 1e-5) << kernel.name;
    }
  }
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const train::Architecture architecture : {train::Architecture::skipgram, train::Architecture::cbow}) {
    for (const std::uint32_t negatives : {0U, 5U, 12U}) {
      for (const auto sharing :
           {train::NegativeSharing::pair, train::NegativeSharing::window, train::NegativeSharing::block}) {
        all.push_back({architecture, negatives, sharing});
      }
    }
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(Options, TrainingTest, ::testing::ValuesIn(cases()));

// Queues of two songs have contexts of one, so a block of one window with as many noise songs as negatives is the same
// as pairs.
TEST(SharedNoise, of_one_window_and_one_pair_is_the_published_step) {
  std::vector<std::vector<std::uint32_t>> lists;
  Random random(3);
  std::vector<std::uint64_t> plays(50);
  for (int i = 0; i < 3000; ++i) lists.push_back({random.below(50), random.below(50)});
  for (const auto& list : lists) {
    for (const std::uint32_t song : list) ++plays[song];
  }
  std::ranges::sort(plays, std::greater());
  const data::Queues queues(lists);
  train::TrainOptions pair;
  pair.dim = 20;
  pair.negative_sharing = train::NegativeSharing::pair;
  train::TrainOptions block = pair;
  block.negative_sharing = train::NegativeSharing::block;
  block.negative_block = 1;
  block.negative_pool = block.negatives;
  const train::Vocabulary vocabulary = train::make_vocabulary(plays, pair);
  for (const train::StepKernel& kernel : train::all_step_kernels()) {
    math::Matrix found(100, pair.dim);
    std::vector<std::vector<double>> wanted(100, std::vector<double>(pair.dim));
    Random start(5);
    for (std::size_t r = 0; r < 100; ++r) {
      for (std::size_t i = 0; i < pair.dim; ++i) {
        wanted[r][i] = static_cast<double>(found.view()[r][i] = start.uniform_float() - 0.5F);
      }
    }
    std::vector<float> scratch(2 * math::padded(pair.dim));
    train::ExampleStream pairs(queues, vocabulary, pair, 0, 0, {0, queues.size()});
    train::ExampleStream blocks(queues, vocabulary, block, 0, 0, {0, queues.size()});
    train::Example published;
    train::Example shared;
    while (pairs.next(published)) {
      ASSERT_TRUE(blocks.next(shared));
      ASSERT_EQ(shared.inputs, published.inputs);
      ASSERT_EQ(shared.outputs, published.outputs);
      std::vector<double*> wanted_outputs;
      std::vector<float*> outputs;
      for (const std::uint32_t song : published.outputs) wanted_outputs.push_back(wanted[50 + song].data());
      for (const std::uint32_t song : shared.outputs) outputs.push_back(found.view().row(50 + song));
      double* wanted_input = wanted[published.inputs[0]].data();
      float* input = found.view().row(shared.inputs[0]);
      (void)train::reference_step({{&wanted_input, 1}, wanted_outputs, pair.dim}, 0.025);
      kernel.step({{&input, 1}, outputs, shared.played, shared.noise_weight, math::padded(pair.dim), scratch.data()},
                  {0.025F});
    }
    EXPECT_FALSE(blocks.next(shared));
    EXPECT_LT(relative_difference(found.view(), wanted), 2e-5) << kernel.name;
  }
}

TEST(Bf16, trains_to_about_the_same_vectors) {
  const Corpus corpus = small_corpus();
  const data::Queues queues(corpus.queues);
  train::TrainOptions options;
  options.dim = 40;
  options.threads = 1;
  for (const train::Architecture architecture : {train::Architecture::skipgram, train::Architecture::cbow}) {
    options.architecture = architecture;
    NoProgress progress;
    options.precision = train::Precision::f32;
    const train::TrainedVectors full = train::train_vectors(queues, corpus.plays, options, progress, {});
    options.precision = train::Precision::bf16;
    const train::TrainedVectors half = train::train_vectors(queues, corpus.plays, options, progress, {});
    EXPECT_NEAR(half.epochs.back().sample_loss / full.epochs.back().sample_loss, 1, 0.02);
    EXPECT_NE(half.epochs.back().sample_loss, full.epochs.back().sample_loss);
  }
}

}  // namespace
}  // namespace segue
