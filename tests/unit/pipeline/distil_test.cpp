#include "segue/pipeline/distil.h"

#include <cmath>

#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/base/manifest.h"
#include "segue/model/verify.h"
#include "segue/pipeline/rebuild_index.h"
#include "segue/recommend/recommender.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::pipeline {
namespace {

using Songs = std::vector<data::SongRow>;

class DistilTest : public ::testing::Test {
 protected:
  DistilTest() { testing::write_small_model(folder(), testing::small_model()); }

  std::filesystem::path folder() const { return scratch_ / "m"; }
  static std::string id(const model::Model& model, std::uint32_t row) { return std::string(model.songs().id(row)); }

  TeacherLists read(const std::string& text, const TeacherOptions& options = {}) const {
    write_text_atomically(scratch_ / "lists", text);
    return read_teacher_lists(scratch_ / "lists", model::Model(folder()).songs(), options, {});
  }

  testing::Scratch scratch_;
};

TEST_F(DistilTest, logits_become_chances_of_the_best) {
  const TeacherLists lists = read("song,next,score\nsong 0,song-2,2\nsong 0,song-1,3\nsong 0,song-4,-9\n",
                                  {.teacher_temperature = 2, .teacher_next = 2});
  EXPECT_EQ(lists.next[0].songs, (Songs{1, 2}));
  const float ratio = std::exp(-0.5F);
  EXPECT_NEAR(lists.next[0].chances[0], 1 / (1 + ratio), 1e-6);
  EXPECT_NEAR(lists.next[0].chances[1], ratio / (1 + ratio), 1e-6);
  EXPECT_EQ(lists.songs, 1U);
  EXPECT_EQ(lists.entries, 2U);
  EXPECT_EQ(lists.unused_text(), "1 beyond --teacher-next");
}

TEST_F(DistilTest, without_scores_the_order_counts) {
  const TeacherLists lists =
      read("{\"song\": \"song 0\", \"next\": \"song-4\"}\n{\"song\": \"song 0\", \"next\": \"song-1\"}\n");
  EXPECT_EQ(lists.next[0].songs, (Songs{1, 4}));
  EXPECT_NEAR(lists.next[0].chances[0], 1.0 / 3, 1e-6);
  EXPECT_NEAR(lists.next[0].chances[1], 2.0 / 3, 1e-6);
}

TEST_F(DistilTest, chances_stay_unless_they_are_more_than_one) {
  const TeacherLists lists =
      read("song\tnext\tscore\nsong 0\tsong-1\t0.25\nsong-1\tsong-2\t1\nsong-1\tsong 0\t1\nsong-2\tsong-1\t1.5\n",
           {.teacher_scores = TeacherScores::chances});
  EXPECT_EQ(lists.next[0].chances, std::vector<float>{0.25F});
  EXPECT_EQ(lists.next[1].chances, (std::vector<float>{0.5F, 0.5F}));
  EXPECT_EQ(lists.bad_scores, 1U);
}

TEST_F(DistilTest, unusable_pairs_are_counted) {
  const TeacherLists lists = read(
      "song,next,score,split\n,,,abc\nsong 0,song-1,1,\nsong 0,song-1,5,\nsong 0,nobody,1,\nnobody,song 0,1,\n"
      "song 0,song 0,1,\nsong 0,song-2,inf,\nsong 0,song-2,x,\nsong 0,song-2,,\nsong 0,,1,\n");
  EXPECT_EQ(lists.split, "abc");
  EXPECT_EQ(lists.next[0].songs, Songs{1});
  EXPECT_EQ(lists.unused_text(),
            "2 of unknown songs, 1 repeated, 1 of a song after itself, 3 without a valid score, 1 without two songs or "
            "damaged");
}

TEST_F(DistilTest, files_without_pairs_are_refused) {
  EXPECT_ERROR(read("song,score\na,1\n"), ErrorCode::bad_input,
               "expected the columns song and next, found song, score");
  EXPECT_ERROR(read("song,next\na,b\n"), ErrorCode::bad_input,
               "expected pairs of songs of the catalogue, found none among 1 rows; the first unknown song is \"a\"");
  EXPECT_ERROR(read("song,next\nsong 0,song-1\n", {.teacher_scores = TeacherScores::logits}), ErrorCode::wrong_use,
               "--teacher-scores logits: expected a column score in");
  EXPECT_ERROR(read("song,next,split\nsong 0,song-1,a\nsong 0,song-2,b\n"), ErrorCode::bad_input,
               "expected lists for one split, found a and b");
  EXPECT_ERROR(read_teacher_lists(scratch_ / "none", model::Model(folder()).songs(), {}, {}), ErrorCode::not_found,
               "none");
}

TEST_F(DistilTest, the_model_recommends_what_the_teacher_would_play) {
  constexpr std::uint32_t kHeard = 0;
  constexpr std::uint32_t kTaught = 9;
  const Songs heard = {kHeard};
  const auto first = [&](const std::filesystem::path& path) {
    const model::Model model(path);
    return recommend::Recommender(model).recommend({.played = heard}, {.k = 1}).items.front().song;
  };
  ASSERT_NE(first(folder()), kTaught);
  const std::string digest = model::Model(folder()).manifest().digest;
  const TeacherOptions options;
  const TeacherLists lists = read("song,next\nsong 0,song 9\n");
  model::Blend blend;
  blend.discover.blend_teacher = blend.next.blend_teacher = 100;
  add_teacher(folder(), scratch_ / "taught", {lists, options, blend}, digest);
  EXPECT_FALSE(model::Model(folder()).has_teacher());
  EXPECT_EQ(model::Model(scratch_ / "taught").manifest().fields.at("teacher").at("entries"), 1U);
  EXPECT_EQ(first(scratch_ / "taught"), kTaught);
  add_teacher(folder(), {}, {lists, options, blend}, digest);
  EXPECT_EQ(first(folder()), kTaught);

  NoProgress progress;
  rebuild_index(folder(), {.options = {.index = index::SearchMethod::graph}}, progress, {});
  EXPECT_TRUE(model::Model(folder()).has_teacher());
}

TEST_F(DistilTest, damage_is_found) {
  const TeacherLists lists = read("song,next\nsong 0,song 9\n");
  const TeacherOptions options;
  add_teacher(folder(), {}, {lists, options, {}}, model::Model(folder()).manifest().digest);
  NoProgress progress;
  ASSERT_NO_THROW(model::verify_model(folder(), progress));
  std::vector<transitions::NextSongs> others = lists.next;
  others[0].chances[0] = 0.5F;
  std::filesystem::remove(folder() / model::kTeacherName);
  transitions::write_teacher(folder() / model::kTeacherName, others);
  EXPECT_ERROR(model::verify_model(folder(), progress), ErrorCode::corrupt, "teacher.arrow");
  others[0].chances[0] = 2;
  std::filesystem::remove(folder() / model::kTeacherName);
  transitions::write_teacher(folder() / model::kTeacherName, others);
  const model::Model model(folder());
  EXPECT_ERROR(model.teacher(), ErrorCode::corrupt, "expected chances from 0 to 1, found 2");
}

TEST_F(DistilTest, training_options_are_those_of_the_model) {
  const train::TrainOptions options = train_options_of(model::Model(folder()));
  EXPECT_EQ(options.dim, testing::small_model().options.dim);
}

}  // namespace
}  // namespace segue::pipeline
