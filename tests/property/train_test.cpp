// Laws of examples and transitions, for any queues.

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "segue/train/examples.h"
#include "segue/train/loss_sample.h"
#include "segue/train/trainer.h"
#include "segue/transitions/transitions.h"

namespace segue {
namespace {

constexpr std::uint32_t kSongs = 12;
using Lists = std::vector<std::vector<std::uint32_t>>;

Lists any_queues() {
  return *rc::gen::container<Lists>(rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(0U, kSongs)));
}

std::vector<std::uint64_t> same_plays() {
  return std::vector<std::uint64_t>(kSongs, 10);
}

std::vector<train::Example> examples_of(const data::Queues& queues, const train::TrainOptions& options) {
  const train::Vocabulary vocabulary = train::make_vocabulary(same_plays(), options);
  train::ExampleStream stream(queues, vocabulary, options, 0, 0, {0, queues.size()});
  std::vector<train::Example> examples;
  for (train::Example example; stream.next(example);) examples.push_back(example);
  return examples;
}

train::TrainOptions any_options() {
  train::TrainOptions options;
  options.window = *rc::gen::inRange(1U, 8U);
  options.negatives = *rc::gen::inRange(0U, 4U);
  options.seed = *rc::gen::arbitrary<std::uint32_t>();
  options.subsample = 0;
  options.negative_sharing =
      *rc::gen::element(train::NegativeSharing::pair, train::NegativeSharing::window, train::NegativeSharing::block);
  options.negative_block = *rc::gen::inRange(1U, 5U);
  options.negative_pool = *rc::gen::inRange(1U, 5U);
  return options;
}

// With a fixed window nearness is mutual, so every pair is trained both ways equally often.
RC_GTEST_PROP(Examples, fixed_windows_pair_songs_both_ways, ()) {
  const Lists lists = any_queues();
  train::TrainOptions options = any_options();
  options.dynamic_window = false;
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> balance;
  for (const train::Example& example : examples_of(data::Queues(lists), options)) {
    for (std::size_t i = 0; i < example.played; ++i) {
      ++balance[{example.inputs.front(), example.outputs[i]}];
      --balance[{example.outputs[i], example.inputs.front()}];
    }
  }
  for (const auto& [pair, left] : balance) RC_ASSERT(left == 0);
}

// A dynamic window is part of the fixed one; every song with a neighbour is a centre at least once.
RC_GTEST_PROP(Examples, dynamic_windows_lie_within_fixed_ones, ()) {
  const Lists lists = any_queues();
  train::TrainOptions options = any_options();
  options.architecture = train::Architecture::cbow;
  options.dynamic_window = false;
  const std::vector<train::Example> fixed = examples_of(data::Queues(lists), options);
  options.dynamic_window = true;
  const std::vector<train::Example> dynamic = examples_of(data::Queues(lists), options);
  RC_ASSERT(fixed.size() == dynamic.size());
  for (std::size_t i = 0; i < fixed.size(); ++i) {
    RC_ASSERT(!dynamic[i].inputs.empty());
    RC_ASSERT(dynamic[i].outputs.front() == fixed[i].outputs.front());
    const auto& all = fixed[i].inputs;
    const auto& some = dynamic[i].inputs;
    RC_ASSERT(std::search(all.begin(), all.end(), some.begin(), some.end()) != all.end());
  }
}

// Every loss is finite and not negative, and every number of the vectors is finite.
RC_GTEST_PROP(Trainer, makes_finite_vectors_from_any_queues, ()) {
  const Lists lists = any_queues();
  RC_PRE(std::ranges::any_of(lists, [](const auto& queue) { return queue.size() >= 2; }));
  train::TrainOptions options = any_options();
  options.dim = *rc::gen::inRange(1U, 40U);
  options.architecture = *rc::gen::element(train::Architecture::skipgram, train::Architecture::cbow);
  options.negative_exponent = *rc::gen::element(-5.0, -0.5, 0.0, 0.75, 5.0);
  options.subsample = *rc::gen::element(0.0, 1e-3, 1.0);
  options.epochs = 2;
  options.threads = 1;
  options.precision = *rc::gen::element(train::Precision::f32, train::Precision::bf16);
  NoProgress progress;
  const train::TrainedVectors trained = train::train_vectors(data::Queues(lists), same_plays(), options, progress, {});
  for (const train::EpochReport& epoch : trained.epochs)
    RC_ASSERT(std::isfinite(epoch.mean_loss) && epoch.mean_loss >= 0);
  for (const train::TrainedMatrix* matrix : {&trained.vectors, &trained.context}) {
    for (std::size_t row = 0; row < matrix->rows(); ++row) {
      std::vector<float> scratch(matrix->columns());
      const float* numbers = matrix->row(row, scratch.data());
      RC_ASSERT(std::all_of(numbers, numbers + matrix->columns(), [](float x) { return std::isfinite(x); }));
    }
  }
}

// Every pair of the loss sample occurs in some queue within the window; the sample is empty only if there is no pair.
RC_GTEST_PROP(LossSample, holds_pairs_of_the_queues, ()) {
  const Lists lists = any_queues();
  const auto known = *rc::gen::inRange(1U, kSongs + 1);
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> near;
  for (std::vector<std::uint32_t> queue : lists) {
    std::erase_if(queue, [&](std::uint32_t song) { return song >= known; });
    for (std::size_t a = 0; a < queue.size(); ++a) {
      for (std::size_t b = 0; b < queue.size() && b <= a + train::SampledPair::kWindow; ++b) {
        if (a != b && a <= b + train::SampledPair::kWindow) ++near[{queue[a], queue[b]}];
      }
    }
  }
  const std::vector<std::uint64_t> plays = same_plays();
  const train::LossSample sample = train::draw_loss_sample(data::Queues(lists), std::span(plays).first(known), 1);
  RC_ASSERT(sample.pairs.size() == (near.empty() ? 0 : train::LossSample::kPairs));
  for (const train::SampledPair& pair : sample.pairs) {
    RC_ASSERT(near.contains({pair.centre, pair.neighbour}));
    RC_ASSERT(pair.context_size >= 1);
    for (std::size_t i = 0; i < pair.context_size; ++i) RC_ASSERT(near.contains({pair.centre, pair.context[i]}));
    for (const std::uint32_t song : pair.noise) RC_ASSERT(song < known);
  }
}

// Forward for one song is backward for the other.
RC_GTEST_PROP(Transitions, mirror_each_other, ()) {
  const Lists lists = any_queues();
  NoProgress progress;
  const transitions::Transitions transitions = transitions::count_transitions(
      data::Queues(lists), kSongs, {.window = *rc::gen::inRange(1U, 8U), .threads = 1}, progress, {});
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::tuple<float, float, std::uint32_t>> entries;
  for (std::uint32_t song = 0; song < kSongs; ++song) {
    const transitions::TransitionsOf of = transitions.of(song);
    for (std::size_t i = 0; i < of.neighbours.size(); ++i) {
      RC_ASSERT(of.neighbours[i] != song);
      entries[{song, of.neighbours[i]}] = {of.forward[i], of.backward[i], of.counts[i]};
    }
  }
  for (const auto& [pair, entry] : entries) {
    const auto& [forward, backward, count] = entry;
    const auto mirrored = entries.find({pair.second, pair.first});
    RC_ASSERT(mirrored != entries.end());
    RC_ASSERT(mirrored->second == std::make_tuple(backward, forward, count));
  }
}

}  // namespace
}  // namespace segue
