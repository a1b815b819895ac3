#include "segue/transitions/teacher_file.h"

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue::transitions {
namespace {

class TeacherFileTest : public ::testing::Test {
 protected:
  TeacherFile opened(std::uint32_t songs) const { return {MappedFile(folder_ / "teacher.arrow"), songs}; }
  void expect_refused(const std::vector<NextSongs>& lists, std::string_view message) const {
    write_teacher(folder_ / "teacher.arrow", lists);
    const TeacherFile file = opened(static_cast<std::uint32_t>(lists.size()));
    EXPECT_ERROR(file.check(), ErrorCode::corrupt, message);
  }
  testing::Scratch folder_;
};

TEST_F(TeacherFileTest, reads_back_what_was_written) {
  // More rows than a record batch has.
  constexpr std::uint32_t kSongs = 70'000;
  std::vector<NextSongs> lists(kSongs);
  lists[0] = {.songs = {1, kSongs - 1}, .chances = {0.5F, 0.25F}};
  lists[kSongs - 1] = {.songs = {0}, .chances = {1}};
  write_teacher(folder_ / "teacher.arrow", lists);
  const TeacherFile file = opened(kSongs);
  file.check();
  const std::vector<std::uint32_t> songs = {kSongs - 1, 1, 0};
  const std::vector<NextSongs> read = file.of(songs);
  ASSERT_EQ(read.size(), 3U);
  for (std::size_t i = 0; i < songs.size(); ++i) EXPECT_EQ(read[i], lists[songs[i]]);
}

TEST_F(TeacherFileTest, chances_keep_three_digits) {
  const std::vector<float> chances = {0.123456F, 0.00123456F, 0.000123456F};
  write_teacher(folder_ / "teacher.arrow", std::vector<NextSongs>{{{1, 2, 3}, chances}, {}, {}, {}});
  const std::vector<std::uint32_t> first = {0};
  const NextSongs read = opened(4).of(first).front();
  for (std::size_t i = 0; i < chances.size(); ++i) EXPECT_NEAR(read.chances[i], chances[i], 5e-4F * chances[i]);
}

TEST_F(TeacherFileTest, takes_six_bytes_a_song) {
  std::vector<NextSongs> lists(1000);
  for (std::uint32_t song = 0; song < lists.size(); ++song) {
    for (std::uint32_t other = 0; other < 101; ++other) {
      if (other != song) lists[song].songs.push_back(other);
    }
    lists[song].chances.assign(lists[song].songs.size(), 0.01F);
  }
  write_teacher(folder_ / "teacher.arrow", lists);
  EXPECT_LT(std::filesystem::file_size(folder_ / "teacher.arrow"), 1000 * (101 * 6 + 8) + 4096);
}

TEST_F(TeacherFileTest, refuses_lists_that_make_no_sense) {
  expect_refused({{{0}, {1}}, {}}, "row 0: expected ascending songs below 2 other than 0, found 0");
  expect_refused({{}, {{2}, {1}}}, "row 1: expected ascending songs below 2 other than 1, found 2");
  expect_refused({{}, {}, {{1, 0}, {1, 1}}}, "row 2: expected ascending songs below 3 other than 2, found 0");
  expect_refused({{{1}, {-0.5F}}, {}}, "row 0: expected chances from 0 to 1, found -0.5");
  expect_refused({{{1}, {1.5F}}, {}}, "found 1.5");
  expect_refused({{{1}, {NAN}}, {}}, "found nan");
  write_teacher(folder_ / "teacher.arrow", std::vector<NextSongs>(2));
  EXPECT_ERROR(opened(3), ErrorCode::corrupt, "expected 3 rows, one a song, found 2");
}

}  // namespace
}  // namespace segue::transitions
