// Nothing of the future is known at a position, and nothing of the past is missing.
#include "segue/evaluate/knowledge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/evaluate/positions.h"

#include "tests/support/small_dataset.h"

namespace segue::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Scratch;
using testing::small_dataset;

std::vector<std::uint32_t> known(const plays::PastUntil& past) {
  if (!past) return {};
  return {past.songs().begin(), past.songs().end()};
}

// Ten sessions, an hour each: of `a` those of even numbers. The last two are held out; the one before is in the gap.
class KnowledgeOfSessions : public ::testing::Test {
 protected:
  KnowledgeOfSessions() {
    for (int i = 0; i < 10; ++i) users_.push_back(i % 2 == 0 ? "a" : "b");
    queues_.assign(10, {0, 1, 2});
    queues_[7] = {2, 2, 1};
    queues_[8] = {1, 0, 0};
    queues_[9] = {0, 2, 1};
  }

  const Scratch scratch_;
  std::vector<std::string> users_;
  std::vector<std::vector<std::uint32_t>> queues_;
};

TEST_F(KnowledgeOfSessions, holds_all_the_listener_played_before_and_nothing_after) {
  const data::Dataset dataset = small_dataset(scratch_, queues_, users_);
  const Split split =
      make_split(dataset, {.split = SplitKind::time, .held_out = 0.2, .gap = std::chrono::minutes(90)}, 1, 1);
  ASSERT_EQ(split.held_out.size(), 2U);
  ASSERT_EQ(split.held_out[0].queue, 8U);
  ASSERT_EQ(split.training_queues.back(), 6U);  // 7 is in the gap
  ASSERT_THAT(split.rows, ElementsAre(0U, 1U, 2U));
  const Knowledge knowledge(dataset, split);
  std::vector<std::uint32_t> of_a;
  for (int i = 0; i < 4; ++i) of_a.insert(of_a.end(), {0, 1, 2});
  of_a.push_back(1);  // of queue 8, before its second song
  EXPECT_EQ(known(knowledge.past(0, 1)), of_a);
  // b played queue 7 in the gap: a server knows, though training does not.
  const std::vector<std::uint32_t> of_b = known(knowledge.past(1, 2));
  EXPECT_THAT(std::span(of_b).last(5), ElementsAre(2U, 2U, 1U, 0U, 2U));
}

TEST_F(KnowledgeOfSessions, the_trend_knows_what_others_played_until_the_queue_began) {
  queues_[9] = {2, 2, 2};
  const data::Dataset dataset = small_dataset(scratch_, queues_, users_);
  const Split split =
      make_split(dataset, {.split = SplitKind::time, .held_out = 0.2, .gap = std::chrono::minutes(90)}, 1, 1);
  const Knowledge knowledge(dataset, split);
  ASSERT_NE(knowledge.trend(), nullptr);
  const auto plays = [&](std::size_t queue, std::uint32_t song) {
    return knowledge.trend()->of(split.songs[song], *dataset.queues.start(queue))[2];
  };
  // With a half-life of 90 days, plays of these hours count nearly in full.
  EXPECT_NEAR(plays(8, 2), 9, 0.1);  // once in each of seven queues, twice in the gap; not those of queue 9
  EXPECT_NEAR(plays(9, 2), 9, 0.1);  // none in queue 8, and not those of this queue itself
  EXPECT_NEAR(plays(9, 0), 9, 0.1);  // twice in queue 8, of another listener
}

TEST(Knowledge, of_a_playlist_is_the_playlist_so_far) {
  const Scratch scratch;
  const data::Dataset dataset =
      small_dataset(scratch, {{0, 1, 2}, {0, 1, 2}, {2, 1, 0, 1}, {0, 2, 1}}, {"a", "b", "c", "c"});
  Split split = make_split(dataset, {.split = SplitKind::queues, .held_out = 0.3}, 1, 1);
  const Knowledge knowledge(dataset, split);
  for (std::uint32_t number = 0; number < split.held_out.size(); ++number) {
    const auto songs = dataset.queues.songs(split.held_out[number].queue);
    for (std::uint32_t at = 1; at < songs.size(); ++at) {
      std::vector<std::uint32_t> expected;
      for (const std::uint32_t row : songs.first(at)) {
        if (split.songs[row] != kUnknownSong) expected.push_back(split.songs[row]);
      }
      EXPECT_EQ(known(knowledge.past(number, at)), expected);
    }
  }
}

TEST(Knowledge, of_a_last_song_ends_before_it) {
  const Scratch scratch;
  const data::Dataset dataset = small_dataset(scratch, {{0, 1, 2}, {2, 1, 0}}, {"a", "a"});
  const Split split = make_split(dataset, {.split = SplitKind::last_song}, 1, 1);
  const Knowledge knowledge(dataset, split);
  const auto song = [&](std::uint32_t row) { return split.songs[row]; };
  EXPECT_EQ(known(knowledge.past(0, 2)), (std::vector<std::uint32_t>{song(0), song(1)}));
}

}  // namespace
}  // namespace segue::evaluate
