#include "segue/transitions/transitions_file.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/base/random.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::transitions {
namespace {

using testing::Scratch;

using testing::TransitionColumns;

TransitionColumns three_songs() {
  return {.offsets = {0, 2, 2, 3},
          .neighbours = {1, 2, 0},
          .forward = {1.5F, 0, 2},
          .backward = {0, 0.25F, 0},
          .counts = {3, 1, 2}};
}

class TransitionsFileTest : public ::testing::Test {
 protected:
  TransitionsFile written(const Transitions& transitions, std::uint32_t songs) const {
    write_transitions(folder_ / "transitions.arrow", transitions);
    TransitionsFile file(folder_ / "transitions.arrow", songs);
    file.check();
    return file;
  }
  Scratch folder_;
};

TEST_F(TransitionsFileTest, reads_back_what_was_written) {
  const TransitionColumns transitions = three_songs();
  const TransitionsFile file = written(transitions, 3);
  for (std::uint32_t song = 0; song < 3; ++song) EXPECT_EQ(file.of(song), transitions.of(song));
  EXPECT_TRUE(file.of(1).neighbours.empty());
  const std::vector<std::uint32_t> songs = {2, 0, 2};
  const std::vector<TransitionsOf> lists = file.of(songs);
  ASSERT_EQ(lists.size(), 3U);
  for (std::size_t i = 0; i < songs.size(); ++i) EXPECT_EQ(lists[i], transitions.of(songs[i]));
}

void expect_same(const PlayedTogether& found, const PlayedTogether& wanted) {
  EXPECT_EQ(found.times, wanted.times);
  EXPECT_EQ(found.after, wanted.after);
  EXPECT_EQ(found.before, wanted.before);
}

TEST_F(TransitionsFileTest, a_pair_is_found_in_either_list) {
  const TransitionsFile file = written(three_songs(), 3);
  const std::vector<std::uint32_t> all = {2, 1, 0};
  const std::vector<PlayedTogether> of_0 = file.played_together(0, all);
  ASSERT_EQ(of_0.size(), 3U);
  expect_same(of_0[0], {1, 0, 0.25F});
  expect_same(of_0[1], {3, 1.5F, 0});
  expect_same(of_0[2], {});
  // Song 2 has its own numbers for song 0; song 1 has no list, and one shorter than the longest is complete.
  expect_same(file.played_together(2, all)[2], {2, 2, 0});
  for (const PlayedTogether& none : file.played_together(1, all)) expect_same(none, {});
  EXPECT_TRUE(file.played_together(0, {}).empty());
}

TEST_F(TransitionsFileTest, a_full_list_may_have_lost_songs_that_kept_it) {
  const TransitionColumns transitions{.offsets = {0, 1, 2, 3},
                                      .neighbours = {1, 0, 0},
                                      .forward = {4, 1, 3},
                                      .backward = {1, 4, 0.5F},
                                      .counts = {5, 5, 4}};
  const TransitionsFile file = written(transitions, 3);
  const std::vector<std::uint32_t> others = {1, 2};
  const std::vector<PlayedTogether> of_0 = file.played_together(0, others);
  expect_same(of_0[0], {5, 4, 1});
  expect_same(of_0[1], {4, 0.5F, 3});  // seen from song 0
}

TEST_F(TransitionsFileTest, spans_several_record_batches) {
  constexpr std::uint32_t kSongs = 150'000;
  TransitionColumns transitions;
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
    EXPECT_EQ(file.of(song), transitions.of(song));
  }
}

TEST_F(TransitionsFileTest, refuses_lists_that_contradict_the_songs) {
  EXPECT_ERROR((void)written(three_songs(), 4), ErrorCode::corrupt, "expected 4 rows, one a song, found 3");
  TransitionColumns beyond = three_songs();
  beyond.neighbours[1] = 3;
  EXPECT_ERROR((void)written(beyond, 3), ErrorCode::corrupt,
               "row 0: expected neighbours to be other songs below 3, found 3");
  TransitionColumns itself = three_songs();
  itself.neighbours[2] = 2;
  EXPECT_ERROR((void)written(itself, 3), ErrorCode::corrupt, "row 2: expected neighbours to be other songs");
  TransitionColumns undefined = three_songs();
  undefined.backward[0] = std::nanf("");
  EXPECT_ERROR((void)written(undefined, 3), ErrorCode::corrupt, "row 0: expected weights");
  TransitionColumns negative = three_songs();
  negative.forward[2] = -1;
  EXPECT_ERROR((void)written(negative, 3), ErrorCode::corrupt, "row 2: expected weights");
}

// A bit of every third byte, one at a time: opening or checking refuses the file, or every list can be read.
void expect_harmless_damage(const std::string& whole, std::uint32_t songs, const std::filesystem::path& path) {
  std::size_t refused = 0;
  Random random(1);
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1U << random.below(8)));
    std::ofstream(path, std::ios::binary | std::ios::trunc) << damaged;
    try {
      const TransitionsFile file(path, songs);
      file.check();
      for (std::uint32_t song = 0; song < songs; ++song) {
        for (const std::uint32_t neighbour : file.of(song).neighbours) ASSERT_LT(neighbour, songs);
      }
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, 0U);
}

TEST_F(TransitionsFileTest, damage_is_refused_or_harmless) {
  (void)written(testing::small_model(12).transitions, 12);
  expect_harmless_damage(read_text(folder_ / "transitions.arrow"), 12, folder_ / "damaged.arrow");
}

// Files as the first versions wrote them: golden_test reads a whole model of these.
TEST_F(TransitionsFileTest, damage_of_plain_lists_is_refused_or_harmless) {
  expect_harmless_damage(read_text(std::filesystem::path(SEGUE_GOLDEN) / "model-v1" / "transitions.arrow"), 24,
                         folder_ / "damaged.arrow");
}

TEST_F(TransitionsFileTest, cut_files_are_refused) {
  (void)written(testing::small_model(12).transitions, 12);
  const std::string whole = read_text(folder_ / "transitions.arrow");
  for (std::size_t left = 0; left < whole.size(); left += 7) {
    std::ofstream(folder_ / "cut.arrow", std::ios::binary | std::ios::trunc) << whole.substr(0, left);
    EXPECT_ERROR((void)TransitionsFile(folder_ / "cut.arrow", 12), ErrorCode::corrupt, "cut.arrow");
  }
}

TEST_F(TransitionsFileTest, reads_plain_lists_of_the_first_versions) {
  const TransitionsFile file(std::filesystem::path(SEGUE_GOLDEN) / "model-v1" / "transitions.arrow", 24);
  file.check();
  const TransitionColumns wanted = testing::small_model(24).transitions;
  const std::vector<std::uint32_t> all = {0, 4, 8, 9, 12};
  EXPECT_EQ(file.of(4), (TransitionsOf{{8, 0}, {3, 0.5F}, {0.5F, 3}, {4, 4}}));
  EXPECT_EQ(file.of(all)[2], file.of(8));
  const TransitionsFile again = written(wanted, 24);
  for (const std::uint32_t song : all) {
    const std::vector<PlayedTogether> plain = file.played_together(song, all);
    const std::vector<PlayedTogether> coded = again.played_together(song, all);
    for (std::size_t i = 0; i < all.size(); ++i) expect_same(plain[i], coded[i]);
  }
}

TEST_F(TransitionsFileTest, refuses_other_tables) {
  testing::write_songs(folder_ / "songs.arrow", testing::small_model().songs);
  EXPECT_ERROR((void)TransitionsFile(folder_ / "songs.arrow", 24), ErrorCode::corrupt, "columns transitions");
  EXPECT_ERROR((void)TransitionsFile(folder_ / "none.arrow", 24), ErrorCode::not_found, "none.arrow");
}

}  // namespace
}  // namespace segue::transitions
