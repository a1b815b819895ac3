#include "segue/train/examples.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::train {
namespace {

using ::testing::ElementsAre;

// Every song once, in one queue.
struct OneQueue {
  explicit OneQueue(std::uint32_t songs) : plays(songs, 1) {
    std::vector<std::uint32_t> queue(songs);
    std::iota(queue.begin(), queue.end(), 0U);
    queues = data::Queues(std::vector<std::vector<std::uint32_t>>{queue});
    options.min_plays = 1;
    options.subsample = 0;
    options.dynamic_window = false;
    options.window = 2;
    options.negatives = 0;
    options.negative_sharing = NegativeSharing::pair;
  }
  std::vector<Example> examples(std::uint32_t epoch = 0, std::size_t block = 0) const {
    const Vocabulary vocabulary = make_vocabulary(plays, options);
    ExampleStream stream(queues, vocabulary, options, epoch, block, {0, queues.size()});
    std::vector<Example> all;
    for (Example example; stream.next(example);) all.push_back(example);
    Example after;
    EXPECT_FALSE(stream.next(after)) << "a stream that has ended stays ended";
    return all;
  }
  data::Queues queues;
  std::vector<std::uint64_t> plays;
  TrainOptions options;
};

TEST(Examples, skipgram_pairs_each_centre_with_each_song_of_its_window) {
  const OneQueue data(4);
  std::vector<std::vector<std::uint32_t>> pairs;
  for (const Example& example : data.examples()) pairs.push_back({example.inputs.at(0), example.outputs.at(0)});
  using Pair = std::vector<std::uint32_t>;
  EXPECT_THAT(pairs, ElementsAre(Pair{0, 1}, Pair{0, 2}, Pair{1, 0}, Pair{1, 2}, Pair{1, 3}, Pair{2, 0}, Pair{2, 1},
                                 Pair{2, 3}, Pair{3, 1}, Pair{3, 2}));
}

TEST(Examples, cbow_takes_the_whole_context_as_input) {
  OneQueue data(4);
  data.options.architecture = Architecture::cbow;
  const std::vector<Example> examples = data.examples();
  ASSERT_EQ(examples.size(), 4U);
  EXPECT_THAT(examples[0].inputs, ElementsAre(1, 2));
  EXPECT_THAT(examples[1].inputs, ElementsAre(0, 2, 3));
  EXPECT_THAT(examples[2].inputs, ElementsAre(0, 1, 3));
  EXPECT_THAT(examples[3].inputs, ElementsAre(1, 2));
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_THAT(examples[i].outputs, ElementsAre(i));
}

TEST(Examples, a_window_is_one_example_if_noise_is_shared) {
  OneQueue data(4);
  for (const auto sharing : {NegativeSharing::window, NegativeSharing::block}) {
    data.options.negative_sharing = sharing;
    const std::vector<Example> examples = data.examples();
    ASSERT_EQ(examples.size(), 4U);
    for (std::uint32_t i = 0; i < 4; ++i) {
      EXPECT_THAT(examples[i].inputs, ElementsAre(i));
      EXPECT_EQ(examples[i].played, examples[i].outputs.size());
    }
    EXPECT_THAT(examples[0].outputs, ElementsAre(1, 2));
    EXPECT_THAT(examples[1].outputs, ElementsAre(0, 2, 3));
    EXPECT_THAT(examples[2].outputs, ElementsAre(0, 1, 3));
    EXPECT_THAT(examples[3].outputs, ElementsAre(1, 2));
  }
}

TEST(Examples, a_large_context_is_taken_in_parts) {
  OneQueue data(60);
  data.options.negative_sharing = NegativeSharing::window;
  data.options.window = 20;
  data.options.negatives = 5;
  std::vector<std::vector<std::uint32_t>> contexts(60);
  for (const Example& example : data.examples()) {
    EXPECT_LE(example.played, ExampleStream::kPlayedAtOnce);
    auto& context = contexts[example.inputs.front()];
    context.insert(context.end(), example.outputs.begin(),
                   example.outputs.begin() + static_cast<std::ptrdiff_t>(example.played));
  }
  for (std::uint32_t centre = 0; centre < 60; ++centre) {
    std::vector<std::uint32_t> wanted;
    for (std::uint32_t song = centre > 20 ? centre - 20 : 0; song < 60 && song <= centre + 20; ++song) {
      if (song != centre) wanted.push_back(song);
    }
    EXPECT_EQ(contexts[centre], wanted);
  }
}

// However noise is shared, a pair has the weight of `negatives` noise songs against it.
TEST(Examples, noise_weighs_as_much_as_the_negatives_of_all_pairs) {
  OneQueue data(100'000);
  data.options.negatives = 6;
  for (const std::uint32_t pool : {1U, 2U, 6U, 9U}) {
    data.options.negative_pool = pool;
    for (const auto sharing : {NegativeSharing::pair, NegativeSharing::window, NegativeSharing::block}) {
      data.options.negative_sharing = sharing;
      double played = 0;
      double noise = 0;
      for (const Example& example : data.examples()) {
        played += static_cast<double>(example.played);
        noise +=
            static_cast<double>(example.noise_weight) * static_cast<double>(example.outputs.size() - example.played);
      }
      EXPECT_NEAR(noise / played, 6, 0.01);  // a little less: noise equal to a played song is dropped
    }
  }
}

TEST(Examples, a_block_of_windows_shares_its_noise) {
  OneQueue data(10'000);
  data.options.negatives = 5;
  data.options.negative_sharing = NegativeSharing::block;
  data.options.negative_block = 4;
  data.options.negative_pool = 3;
  const std::vector<Example> examples = data.examples();
  std::size_t different = 0;
  std::set<std::uint32_t> before;
  for (std::size_t i = 0; i + 4 <= examples.size(); i += 4) {
    std::set<std::uint32_t> noise;  // of all four: an example lacks a song that was played in its window
    for (std::size_t j = i; j < i + 4; ++j) {
      const auto& outputs = examples[j].outputs;
      noise.insert(outputs.begin() + static_cast<std::ptrdiff_t>(examples[j].played), outputs.end());
    }
    EXPECT_LE(noise.size(), 3U);
    different += noise != before ? 1 : 0;
    before = noise;
    EXPECT_EQ(examples[i + 1].fresh_outputs.size(), 1U) << "only the song that enters the window is new";
  }
  EXPECT_GT(different, 2400U);
}

// A row is prefetched when it first occurs; noise whenever it is newly drawn.
TEST(Examples, every_row_is_fresh_once) {
  OneQueue data(300);
  for (const Architecture architecture : {Architecture::skipgram, Architecture::cbow}) {
    data.options.architecture = architecture;
    for (const auto sharing : {NegativeSharing::pair, NegativeSharing::window, NegativeSharing::block}) {
      data.options.negative_sharing = sharing;
      std::vector<int> inputs(300);
      std::vector<int> outputs(300);
      for (const Example& example : data.examples()) {
        for (const std::uint32_t song : example.fresh_inputs) ++inputs[song];
        for (const std::uint32_t song : example.fresh_outputs) ++outputs[song];
      }
      EXPECT_THAT(architecture == Architecture::skipgram ? outputs : inputs, ::testing::Each(1));
    }
  }
}

TEST(Examples, songs_outside_the_vocabulary_are_as_if_never_played) {
  OneQueue data(3);
  data.options.window = 1;
  data.options.min_plays = 2;
  data.plays = {5, 5, 1};
  data.queues = data::Queues(std::vector<std::vector<std::uint32_t>>{{0, 2, 2, 1}, {2, 0}, {}});
  const std::vector<Example> examples = data.examples();
  ASSERT_EQ(examples.size(), 2U);
  EXPECT_THAT(examples[0].inputs, ElementsAre(0));
  EXPECT_THAT(examples[0].outputs, ElementsAre(1));
}

TEST(Examples, noise_is_never_the_positive_and_is_not_replaced) {
  OneQueue data(2);
  data.options.negatives = 1000;
  for (const Example& example : data.examples()) {
    const std::uint32_t positive = example.outputs.front();
    EXPECT_EQ(std::ranges::count(example.outputs, positive), 1);
    EXPECT_NEAR(static_cast<double>(example.outputs.size()), 501, 80);
  }
}

TEST(Examples, windows_are_uniform) {
  OneQueue data(50'000);
  data.options.architecture = Architecture::cbow;
  data.options.dynamic_window = true;
  data.options.window = 5;
  std::vector<double> sizes(11);
  const std::vector<Example> examples = data.examples();
  for (std::size_t i = 5; i + 5 < examples.size(); ++i) ++sizes.at(examples[i].inputs.size());
  for (std::size_t size = 0; size < sizes.size(); ++size) {
    const double expected = size % 2 == 0 && size > 0 ? 10'000 : 0;
    EXPECT_NEAR(sizes[size], expected, expected == 0 ? 0 : 400) << size;
  }
}

TEST(Examples, subsampling_keeps_each_play_with_its_probability) {
  OneQueue data(2);
  data.options.subsample = 0.01;
  data.plays = {90'000, 10'000};
  std::vector<std::uint32_t> queue;
  for (int i = 0; i < 10'000; ++i) queue.insert(queue.end(), {0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  data.queues = data::Queues(std::vector<std::vector<std::uint32_t>>{queue});
  const Vocabulary vocabulary = make_vocabulary(data.plays, data.options);
  ExampleStream stream(data.queues, vocabulary, data.options, 0, 0, {0, 1});
  for (Example example; stream.next(example);) continue;
  EXPECT_EQ(stream.plays_seen(), 100'000U);
  const double expected = 90'000 * std::sqrt(0.01 / 0.9) + 10'000 * std::sqrt(0.01 / 0.1);
  EXPECT_NEAR(static_cast<double>(stream.plays_kept()), expected, 5 * std::sqrt(expected));
}

TEST(Examples, a_block_has_the_same_examples_every_time_and_others_in_another_epoch) {
  OneQueue data(100);
  data.options.negatives = 5;
  data.options.dynamic_window = true;
  const auto outputs = [&](std::uint32_t epoch, std::size_t block) {
    std::vector<std::uint32_t> all;
    for (const Example& example : data.examples(epoch, block)) {
      all.insert(all.end(), example.outputs.begin(), example.outputs.end());
    }
    return all;
  };
  EXPECT_EQ(outputs(0, 0), outputs(0, 0));
  EXPECT_NE(outputs(0, 0), outputs(1, 0));
  EXPECT_NE(outputs(0, 0), outputs(0, 1));
}

TEST(Examples, count_the_plays_before_their_queue) {
  OneQueue data(3);
  data.queues = data::Queues(std::vector<std::vector<std::uint32_t>>{{0, 1, 2}, {2}, {0, 1}});
  const std::vector<Example> examples = data.examples();
  EXPECT_EQ(examples.front().plays_before, 0U);
  EXPECT_EQ(examples.back().plays_before, 4U);
}

TEST(Blocks, hold_whole_queues_and_all_of_them) {
  std::vector<std::vector<std::uint32_t>> queues(1000, std::vector<std::uint32_t>(30));
  queues[500].resize(5000);
  const std::vector<Block> blocks = cut_into_blocks(data::Queues(queues), 100);
  std::size_t next = 0;
  for (const Block& block : blocks) {
    EXPECT_EQ(block.begin, next);
    EXPECT_GT(block.end, block.begin);
    EXPECT_LE(block.end - block.begin, 4U);
    next = block.end;
  }
  EXPECT_EQ(next, 1000U);
  EXPECT_TRUE(cut_into_blocks(data::Queues(std::vector<std::vector<std::uint32_t>>{}), 100).empty());
}

TEST(Blocks, of_own_queues_are_there_as_often_as_they_weigh) {
  data::Queues queues(std::vector<std::vector<std::uint32_t>>(10, std::vector<std::uint32_t>(30)));
  queues.set_own(4);
  std::vector<std::size_t> times(10);
  for (const Block& block : cut_into_blocks(queues, 90, 3)) {
    for (std::size_t queue = block.begin; queue < block.end; ++queue) ++times[queue];
  }
  EXPECT_EQ(times, (std::vector<std::size_t>{3, 3, 3, 3, 1, 1, 1, 1, 1, 1}));
  queues.set_own(10);
  EXPECT_EQ(cut_into_blocks(queues, 90, 3).size(), cut_into_blocks(queues, 90).size());
}

TEST(Blocks, come_in_another_order_each_epoch) {
  std::vector<std::uint32_t> order = block_order(100, 1, 0);
  EXPECT_EQ(order, block_order(100, 1, 0));
  EXPECT_NE(order, block_order(100, 1, 1));
  EXPECT_NE(order, block_order(100, 2, 0));
  std::ranges::sort(order);
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
}

}  // namespace
}  // namespace segue::train
