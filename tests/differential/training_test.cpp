// Whole trainings on small data: every kernel against a trainer in double precision that takes the same examples, one
// after another, straight through step_reference.h.

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "segue/train/examples.h"
#include "segue/train/schedule.h"
#include "segue/train/step_reference.h"
#include "segue/train/trainer.h"

#include "bench/corpus.h"

namespace segue {
namespace {

constexpr std::uint64_t kPlaysInBlock = 10'000;  // as in trainer.cpp

struct ReferenceVectors {
  std::vector<std::vector<double>> vectors;
  std::vector<std::vector<double>> context;
  std::vector<double> losses;  // mean, by epoch
};

ReferenceVectors train_reference(const Queues& queues, std::span<const std::uint64_t> plays,
                                 const TrainOptions& options) {
  const Vocabulary vocabulary = make_vocabulary(plays, options);
  ReferenceVectors trained;
  trained.context.assign(vocabulary.size, std::vector<double>(options.dim));
  trained.vectors = trained.context;
  for (std::uint32_t song = 0; song < vocabulary.size; ++song) {
    Random random = random_stream(options.seed, Draw::initial_vectors, 0, song);
    for (double& x : trained.vectors[song]) {
      x = (2 * static_cast<double>(random.uniform_float()) - 1) * kInitialReach / std::sqrt(options.dim);
    }
  }
  const std::vector<Block> blocks = cut_into_blocks(queues, kPlaysInBlock);
  const std::uint64_t total = options.epochs * vocabulary.plays;
  std::uint64_t done = 0;
  for (std::uint32_t epoch = 0; epoch < options.epochs; ++epoch) {
    double loss = 0;
    double pairs = 0;
    for (const std::uint32_t block : block_order(blocks.size(), options.seed, epoch)) {
      ExampleStream stream(queues, vocabulary, options, epoch, block, blocks[block]);
      for (Example example; stream.next(example); ++pairs) {
        std::vector<double*> inputs;
        std::vector<double*> outputs;
        for (const std::uint32_t song : example.inputs) inputs.push_back(trained.vectors[song].data());
        for (const std::uint32_t song : example.outputs) outputs.push_back(trained.context[song].data());
        loss +=
            reference_step(inputs, outputs, options.dim, learning_rate_at(options, done + example.plays_before, total));
      }
      done += stream.plays_seen();
    }
    trained.losses.push_back(loss / pairs);
  }
  return trained;
}

// |found - wanted| / |wanted|, as matrices.
double relative_difference(MatrixView<const float> found, const std::vector<std::vector<double>>& wanted) {
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
  Architecture architecture;
  std::uint32_t negatives;
};

class TrainingTest : public testing::TestWithParam<Case> {};

TEST_P(TrainingTest, every_kernel_agrees_with_double_precision_to_rounding) {
  const Corpus corpus = small_corpus();
  const Queues queues(corpus.queues);
  TrainOptions options;
  options.architecture = GetParam().architecture;
  options.negatives = GetParam().negatives;
  options.dim = 37;
  options.epochs = 2;
  options.subsample = 1e-2;
  options.threads = 1;
  const ReferenceVectors wanted = train_reference(queues, corpus.plays, options);
  for (const StepKernel& kernel : all_step_kernels()) {
    NoProgress progress;
    const TrainedVectors found = train_vectors_with(kernel, queues, corpus.plays, options, progress, {});
    // 10^5 steps, each good to some 10^-7 and most of that cancelling.
    EXPECT_LT(relative_difference(found.vectors.view(), wanted.vectors), 2e-5) << kernel.name;
    EXPECT_LT(relative_difference(found.context.view(), wanted.context), 2e-5) << kernel.name;
    for (std::uint32_t epoch = 0; epoch < options.epochs; ++epoch) {
      EXPECT_NEAR(found.epochs[epoch].mean_loss / wanted.losses[epoch], 1, 1e-5) << kernel.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Options, TrainingTest,
                         testing::Values(Case{Architecture::skipgram, 0}, Case{Architecture::skipgram, 5},
                                         Case{Architecture::skipgram, 12}, Case{Architecture::cbow, 0},
                                         Case{Architecture::cbow, 5}, Case{Architecture::cbow, 12}));

}  // namespace
}  // namespace segue
