#include "segue/evaluate/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/evaluate/positions.h"

#include "tests/support/expect_error.h"
#include "tests/support/small_dataset.h"

namespace segue::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Scratch;
using testing::small_dataset;

std::vector<std::vector<std::uint32_t>> twenty_queues() {
  return std::vector<std::vector<std::uint32_t>>(20, {0, 1, 2, 3, 4});
}
std::vector<std::string> two_queues_each() {
  std::vector<std::string> users;
  for (int i = 0; i < 20; ++i) users.push_back("u" + std::to_string(i / 2));
  return users;
}

std::vector<std::uint32_t> copy(std::span<const std::uint32_t> songs) {
  return {songs.begin(), songs.end()};
}

TEST(Split, by_time_holds_out_the_last_queues_after_a_gap) {
  const Scratch scratch;
  const data::Dataset dataset = small_dataset(scratch, twenty_queues(), two_queues_each());
  SplitOptions options{.split = SplitKind::time, .held_out = 0.2, .gap = std::chrono::hours(2)};
  const Split test = make_split(dataset, options, 1, 1);
  EXPECT_EQ(test.held_out.front().queue, 16U);
  EXPECT_EQ(test.held_out.back().queue, 19U);
  EXPECT_EQ(test.training_queues.back(), 13U);  // 14 and 15 start within the gap before 16
  EXPECT_EQ(test.units, 4U);
  options.part = SplitPart::validation;
  const Split validation = make_split(dataset, options, 1, 1);
  EXPECT_EQ(validation.held_out.front().queue, 12U);
  EXPECT_EQ(validation.held_out.back().queue, 13U);
  EXPECT_EQ(validation.training_queues.back(), 9U);
}

TEST(Split, by_queues_keeps_a_user_on_one_side) {
  const Scratch scratch;
  const data::Dataset dataset = small_dataset(scratch, twenty_queues(), two_queues_each());
  const Split split = make_split(dataset, {.split = SplitKind::queues, .held_out = 0.3}, 1, 5);
  EXPECT_EQ(split.held_out.size(), 6U);
  EXPECT_EQ(split.units, 3U);
  for (const HeldOutQueue& queue : split.held_out) {
    EXPECT_EQ(queue.user, kNobody);
    for (const std::size_t trained : split.training_queues) {
      EXPECT_NE(dataset.queues.user(trained), dataset.queues.user(queue.queue));
    }
  }
  EXPECT_FALSE(split.training.users_return);
}

TEST(Split, queues_of_a_base_are_always_trained_and_never_held_out) {
  const Scratch scratch;
  data::Dataset dataset = small_dataset(scratch, twenty_queues(), two_queues_each());
  dataset.queues.set_own(10);
  for (const SplitKind kind : {SplitKind::time, SplitKind::queues, SplitKind::last_song}) {
    const Split split = make_split(dataset, {.split = kind, .held_out = 0.2, .gap = std::chrono::hours(1)}, 1, 1);
    EXPECT_LT(split.held_out.back().queue, 10U);
    EXPECT_GT(split.training.queues.own(), 0U);
    EXPECT_LT(split.training_queues[split.training.queues.own() - 1], 10U);
    ASSERT_EQ(split.training_queues.size() - split.training.queues.own(), 10U);
    for (std::size_t queue = 10; queue < 20; ++queue) {
      const std::size_t place = split.training.queues.own() + queue - 10;
      EXPECT_EQ(split.training_queues[place], queue);
      EXPECT_THAT(copy(split.training.queues.songs(place)), ::testing::SizeIs(5));
    }
  }
  // Of a part of the plays, one's own come first.
  const Split part = make_split(dataset, {.split = SplitKind::queues, .held_out = 0.2, .max_plays = 60}, 1, 1);
  EXPECT_EQ(part.training_plays + part.positions() + part.held_out.size(), 60U);
  EXPECT_EQ(part.training.queues.own() + part.held_out.size(), 10U);
}

TEST(Split, validation_never_sees_the_test_part) {
  const Scratch scratch;
  const data::Dataset dataset = small_dataset(scratch, twenty_queues(), two_queues_each());
  SplitOptions options{.split = SplitKind::queues, .held_out = 0.3};
  const Split test = make_split(dataset, options, 1, 5);
  options.part = SplitPart::validation;
  const Split validation = make_split(dataset, options, 1, 5);
  for (const HeldOutQueue& queue : test.held_out) {
    EXPECT_THAT(validation.training_queues, ::testing::Not(::testing::Contains(queue.queue)));
    for (const HeldOutQueue& other : validation.held_out) EXPECT_NE(queue.queue, other.queue);
  }
}

TEST(Split, by_last_song_trains_on_the_songs_before) {
  const Scratch scratch;
  const data::Dataset dataset = small_dataset(scratch, {{0, 1, 2}, {2, 0}, {1}}, {"a", "b", "c"});
  const Split split = make_split(dataset, {.split = SplitKind::last_song}, 1, 1);
  ASSERT_EQ(split.training.queues.size(), 2U);
  EXPECT_EQ(split.training_plays, 3U);
  ASSERT_EQ(split.held_out.size(), 2U);
  EXPECT_EQ(split.held_out[0].first, 2U);
  EXPECT_EQ(split.held_out[0].end, 3U);
  EXPECT_TRUE(split.training.users_return);
  const std::vector<Position> positions = list_positions(dataset, split, 10);
  EXPECT_EQ(positions[0].mode, Mode::any);
  EXPECT_EQ(positions[0].relevant, 1U);
}

TEST(Split, numbers_the_catalogue_by_plays_in_training) {
  const Scratch scratch;
  const data::Dataset dataset = small_dataset(scratch, {{0, 1, 2, 1}, {1, 2, 0, 3}}, {"a", "b"});
  const Split split = make_split(dataset, {.split = SplitKind::last_song}, 1, 1);
  // Training is 0 1 2 | 1 2 0: two plays each, so songs are ordered by row; song 3 is unknown.
  EXPECT_THAT(split.rows, ElementsAre(0U, 1U, 2U));
  EXPECT_THAT(split.training.plays, ElementsAre(2U, 2U, 2U));
  EXPECT_EQ(split.songs[3], kUnknownSong);
  EXPECT_THAT(copy(split.training.queues.songs(1)), ElementsAre(1U, 2U, 0U));
  EXPECT_EQ(list_positions(dataset, split, 10)[1].target, kUnknownSong);
}

TEST(Split, reports_what_cannot_be_held_out) {
  const Scratch scratch;
  const data::Dataset dataset = small_dataset(scratch, {{0, 1}, {1, 0}}, {"a", "a"});
  EXPECT_ERROR(make_split(dataset, {.split = SplitKind::queues}, 1, 1), ErrorCode::bad_input, "training part");
  EXPECT_ERROR(make_split(dataset, {.split = SplitKind::last_song}, 9, 1), ErrorCode::bad_input, "9 plays or more");
  const Scratch other;
  const data::Dataset alone = small_dataset(other, {{0}, {0}}, {"a", "b"});
  EXPECT_ERROR(make_split(alone, {.split = SplitKind::queues}, 1, 1), ErrorCode::bad_input, "two songs or more");
}

TEST(Split, max_positions_takes_whole_queues) {
  const Scratch scratch;
  const data::Dataset dataset = small_dataset(scratch, twenty_queues(), two_queues_each());
  SplitOptions options{.split = SplitKind::queues, .held_out = 0.4, .max_positions = 9};
  EXPECT_EQ(make_split(dataset, options, 1, 1).positions(), 12U);  // of 4 each
}

// Queue 0 1 0 2 1 with the last two songs counting as heard, all known.
TEST(Positions, are_discovery_or_repeat_by_the_songs_just_heard) {
  const Scratch scratch;
  const data::Dataset dataset = small_dataset(scratch, {{0, 1, 2}, {0, 1, 0, 2, 1}}, {"a", "b"});
  Split split = make_split(dataset, {.split = SplitKind::last_song}, 1, 1);
  split.kind = SplitKind::queues;
  split.held_out = {{1, kNobody, 0, 1, 5}};
  const std::vector<Position> positions = list_positions(dataset, split, 2);
  ASSERT_EQ(positions.size(), 7U);  // each is one of `next`, three are also of discovery
  EXPECT_EQ(positions[0].mode, Mode::discovery);
  EXPECT_EQ(positions[0].relevant, 2U);  // 1 and 2 are still to come; so is 0, but it is masked
  EXPECT_EQ(positions[1].mode, Mode::next);
  EXPECT_FALSE(positions[1].again);
  EXPECT_EQ(positions[1].relevant, 3U);
  EXPECT_EQ(positions[2].mode, Mode::next);
  EXPECT_TRUE(positions[2].again);
  EXPECT_TRUE(belongs(positions[2], Mode::repeat));
  EXPECT_EQ(positions[2].relevant, 3U);
  EXPECT_EQ(positions[3].mode, Mode::discovery);
  EXPECT_EQ(positions[3].relevant, 1U);  // 2; 1 is masked
  EXPECT_EQ(positions[5].mode, Mode::discovery);
  const Knowledge knowledge(dataset, split);
  QueryBatch batch(dataset, split, knowledge, 2);
  const std::span<const Query> queries = batch.make(positions, 0, 7);
  EXPECT_THAT(copy(queries[5].heard), ElementsAre(0U, 1U, 0U, 2U));
  EXPECT_THAT(copy(queries[5].masked), ElementsAre(0U, 2U));
  EXPECT_EQ(queries[5].task, Task::discovery);
  EXPECT_THAT(copy(queries[6].masked), IsEmpty());
  EXPECT_EQ(queries[6].task, Task::next);
  EXPECT_EQ(queries[5].number, 5U);
}

TEST(Positions, without_a_window_count_all_songs_before_as_heard) {
  const Scratch scratch;
  const data::Dataset dataset = small_dataset(scratch, {{0, 1, 2}, {0, 1, 2, 0}}, {"a", "b"});
  Split split = make_split(dataset, {.split = SplitKind::last_song}, 1, 1);
  split.kind = SplitKind::queues;
  split.held_out = {{1, kNobody, 0, 1, 4}};
  EXPECT_TRUE(list_positions(dataset, split, 0).back().again);
  EXPECT_FALSE(list_positions(dataset, split, 2).back().again);
}

}  // namespace
}  // namespace segue::evaluate
