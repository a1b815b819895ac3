#include "segue/transitions/transitions_file.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::transitions {
namespace {

using testing::Scratch;

Transitions three_songs() {
  return {.offsets = {0, 2, 2, 3},
          .neighbours = {1, 2, 0},
          .forward = {1.5F, 0, 2},
          .backward = {0, 0.25F, 0},
          .counts = {3, 1, 2}};
}

class TransitionsFileTest : public ::testing::Test {
 protected:
  TransitionsFile written(const Transitions& transitions, std::uint32_t songs) {
    write_transitions(folder_ / "transitions.arrow", transitions);
    TransitionsFile file(folder_ / "transitions.arrow", songs);
    file.check();
    return file;
  }
  Scratch folder_;
};

void expect_same(const TransitionsOf& found, const TransitionsOf& wanted) {
  EXPECT_TRUE(std::ranges::equal(found.neighbours, wanted.neighbours));
  EXPECT_TRUE(std::ranges::equal(found.forward, wanted.forward));
  EXPECT_TRUE(std::ranges::equal(found.backward, wanted.backward));
  EXPECT_TRUE(std::ranges::equal(found.counts, wanted.counts));
}

TEST_F(TransitionsFileTest, reads_back_what_was_written) {
  const Transitions transitions = three_songs();
  const TransitionsFile file = written(transitions, 3);
  for (std::uint32_t song = 0; song < 3; ++song) expect_same(file.of(song), transitions.of(song));
  EXPECT_TRUE(file.of(1).neighbours.empty());
}

TEST_F(TransitionsFileTest, knows_that_lists_shorter_than_the_longest_lost_nothing) {
  const TransitionsFile file = written(three_songs(), 3);
  EXPECT_FALSE(file.has_all(0));
  EXPECT_TRUE(file.has_all(1));
  EXPECT_TRUE(file.has_all(2));
}

TEST_F(TransitionsFileTest, spans_several_record_batches) {
  constexpr std::uint32_t kSongs = 150'000;
  Transitions transitions;
  transitions.offsets.push_back(0);
  for (std::uint32_t song = 0; song < kSongs; ++song) {
    for (std::uint32_t i = 0; i < song % 4; ++i) {
      transitions.neighbours.push_back((song + i + 1) % kSongs);
      transitions.forward.push_back(static_cast<float>(song));
      transitions.backward.push_back(static_cast<float>(i));
      transitions.counts.push_back(song + i);
    }
    transitions.offsets.push_back(transitions.neighbours.size());
  }
  const TransitionsFile file = written(transitions, kSongs);
  for (const std::uint32_t song : {0U, 3U, 65'535U, 65'536U, 65'539U, 131'071U, 131'072U, 149'999U}) {
    expect_same(file.of(song), transitions.of(song));
  }
}

TEST_F(TransitionsFileTest, refuses_lists_that_contradict_the_songs) {
  EXPECT_ERROR((void)written(three_songs(), 4), ErrorCode::corrupt, "expected 4 rows, one a song, found 3");
  Transitions beyond = three_songs();
  beyond.neighbours[1] = 3;
  EXPECT_ERROR((void)written(beyond, 3), ErrorCode::corrupt,
               "row 0: expected neighbours to be other songs below 3, found 3");
  Transitions itself = three_songs();
  itself.neighbours[2] = 2;
  EXPECT_ERROR((void)written(itself, 3), ErrorCode::corrupt, "row 2: expected neighbours to be other songs");
  Transitions undefined = three_songs();
  undefined.backward[0] = std::nanf("");
  EXPECT_ERROR((void)written(undefined, 3), ErrorCode::corrupt, "row 0: expected weights");
  Transitions negative = three_songs();
  negative.forward[2] = -1;
  EXPECT_ERROR((void)written(negative, 3), ErrorCode::corrupt, "row 2: expected weights");
}

TEST_F(TransitionsFileTest, refuses_other_tables) {
  testing::write_songs(folder_ / "songs.arrow", testing::small_model().songs);
  EXPECT_ERROR((void)TransitionsFile(folder_ / "songs.arrow", 24), ErrorCode::corrupt, "neighbours");
  EXPECT_ERROR((void)TransitionsFile(folder_ / "none.arrow", 24), ErrorCode::not_found, "none.arrow");
}

}  // namespace
}  // namespace segue::transitions
