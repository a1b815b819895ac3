#include "segue/train/queue_passes.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/train/examples.h"
#include "segue/train/trainer.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_dataset.h"

namespace segue::train {
namespace {

using std::chrono::hours;

// Four queues of songs 0 and 1, an hour after one another.
class Passes : public ::testing::Test {
 protected:
  std::vector<std::uint64_t> plays_seen_by_queue(const QueuePasses& passes, std::uint32_t epochs) const {
    Vocabulary vocabulary = make_vocabulary(plays_, options_);
    vocabulary.passes = passes;
    std::vector<std::uint64_t> seen(data_.queues.size());
    for (std::uint32_t epoch = 0; epoch < epochs; ++epoch) {
      for (std::size_t queue = 0; queue < seen.size(); ++queue) {
        ExampleStream stream(data_.queues, vocabulary, options_, epoch, queue, {queue, queue + 1});
        for (Example example; stream.next(example);) {
        }
        seen[queue] += stream.plays_seen();
      }
    }
    return seen;
  }

  testing::Scratch scratch_;
  data::Dataset data_ = testing::small_dataset(scratch_, {{0, 1}, {0, 1}, {0, 1}, {0, 1}}, {"a", "b", "c", "d"});
  std::vector<std::uint64_t> plays_{4, 4};
  TrainOptions options_{.subsample = 0, .min_plays = 1};
};

TEST_F(Passes, are_one_by_default) {
  const QueuePasses passes;
  EXPECT_TRUE(passes.is_once());
  Random random(1);
  EXPECT_EQ(passes.draw(2, random), 1U);
  EXPECT_EQ(random(), Random(1)()) << "nothing was drawn";
  EXPECT_EQ(plays_seen_by_queue(passes, 3), std::vector<std::uint64_t>(4, 6));
}

TEST_F(Passes, halve_with_every_half_life) {
  const QueuePasses passes(data_.queues, hours(1), {}, 1);
  EXPECT_DOUBLE_EQ(passes.chance(3), 1);
  EXPECT_DOUBLE_EQ(passes.chance(2), 0.5);
  EXPECT_DOUBLE_EQ(passes.on_average(0), 0.125);
  const std::vector<std::uint64_t> seen = plays_seen_by_queue(passes, 4000);
  EXPECT_EQ(seen[3], 8000U);
  EXPECT_NEAR(static_cast<double>(seen[2]), 4000, 400);
  EXPECT_NEAR(static_cast<double>(seen[1]), 2000, 350);
  EXPECT_NEAR(static_cast<double>(seen[0]), 1000, 300);
}

TEST_F(Passes, are_more_over_what_is_fresh) {
  const QueuePasses passes(data_.queues, hours(0), {false, true, false, false}, 5);
  EXPECT_FALSE(passes.is_once());
  EXPECT_EQ(plays_seen_by_queue(passes, 2), (std::vector<std::uint64_t>{4, 20, 4, 4}));
}

TEST_F(Passes, combine_both) {
  const QueuePasses passes(data_.queues, hours(1), {true, true, true, true}, 4);
  EXPECT_DOUBLE_EQ(passes.on_average(2), 2);
  EXPECT_NEAR(static_cast<double>(plays_seen_by_queue(passes, 1000)[2]), 4000, 400);
}

TEST_F(Passes, need_times_to_decay) {
  const data::Queues without({{0, 1}});
  EXPECT_ERROR(QueuePasses(without, hours(1), {}, 1), ErrorCode::bad_input, "--decay: expected queues with times");
}

TEST_F(Passes, leave_training_as_it_was_without_any) {
  NoProgress progress;
  options_.dim = 8;
  options_.threads = 1;
  const TrainedVectors plain = train_vectors(data_.queues, plays_, options_, progress, {});
  const TrainedVectors started = train_vectors(data_.queues, plays_, options_, progress, {}, {}, {});
  EXPECT_TRUE(std::ranges::equal(plain.vectors.view()[0], started.vectors.view()[0]));
}

TEST_F(Passes, leave_an_epoch_what_the_half_life_leaves) {
  const std::vector<std::vector<std::uint32_t>> queues(50, {0, 1, 0, 1, 2, 2});
  const testing::Scratch scratch;
  const data::Dataset data = testing::small_dataset(scratch, queues, std::vector<std::string>(queues.size(), "u"));
  std::vector<std::uint64_t> plays;
  for (data::SongRow song = 0; song < data.songs.size(); ++song) plays.push_back(data.songs.plays(song));
  const auto pairs_with = [&](std::chrono::milliseconds decay) {
    TrainOptions options{.dim = 8, .subsample = 0, .min_plays = 1, .epochs = 20, .decay = decay, .threads = 1};
    NoProgress progress;
    std::uint64_t pairs = 0;
    for (const EpochReport& epoch : train_vectors(data.queues, plays, options, progress, {}).epochs)
      pairs += epoch.pairs;
    return pairs;
  };
  // 50 queues, of which a half-life of two hours leaves 1 / (1 - 2^-.5) = 3.4 an epoch.
  const auto all = static_cast<double>(pairs_with(hours(0)));
  EXPECT_NEAR(static_cast<double>(pairs_with(hours(2))) / all, 3.41 / 50, 0.02);
}

}  // namespace
}  // namespace segue::train
