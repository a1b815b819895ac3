#include "segue/pipeline/build_model.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/base/manifest.h"
#include "segue/model/model.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_dataset.h"

namespace segue::pipeline {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Asks training to stop once `updates` progress reports have arrived.
class StopsTraining final : public Progress {
 public:
  StopsTraining(std::stop_source& stop, int updates) : stop_(stop), left_(updates) {}
  void begin(std::string_view what, std::uint64_t, std::string_view) override { training_ = what == "train"; }
  void update(std::uint64_t, std::string_view) override {
    if (training_ && --left_ == 0) stop_.request_stop();
  }
  void end() override {}

 private:
  std::stop_source& stop_;
  int left_;
  bool training_ = false;
};

class BuildModel : public ::testing::Test {
 protected:
  BuildModel() {
    (void)testing::circle_dataset(scratch_, 60);
    options_.target.output = (scratch_ / "m").string();
    options_.train.dim = 8;
    options_.train.epochs = 6;
    options_.train.threads = 1;
    options_.train.subsample = 0;
  }

  BuiltModel build() {
    NoProgress progress;
    return build_model(scratch_ / "d", options_, progress, {},
                       [this](std::string_view line) { notes_.emplace_back(line); });
  }
  // Trains until a few blocks are done.
  void interrupt() {
    std::stop_source stop;
    StopsTraining progress(stop, 3);
    (void)build_model(scratch_ / "d", options_, progress, stop.get_token(),
                      [this](std::string_view line) { notes_.emplace_back(line); });
  }
  std::string vectors() const { return read_text(fs::path(options_.target.output) / model::kVectorsName); }
  fs::path checkpoint() const { return train::checkpoint_of(options_.target.output); }

  testing::Scratch scratch_;
  BuildOptions options_;
  std::vector<std::string> notes_;
};

TEST_F(BuildModel, writes_a_model_that_opens_and_reports_its_counts) {
  options_.counting.transition_window = 3;
  options_.blend.discover.blend_floor = 0.25;
  options_.blend.next.blend_floor = 0.75;
  const BuiltModel built = build();
  const model::Model model(options_.target.output);
  EXPECT_EQ(built.songs, 12U);
  EXPECT_EQ(built.songs_omitted, 0U);
  EXPECT_EQ(model.songs().size(), built.songs);
  EXPECT_EQ(model.transition_window(), 3U);
  EXPECT_EQ(model.blend().discover.blend_floor, 0.25);
  EXPECT_EQ(model.blend().next.blend_floor, 0.75);
  ASSERT_NE(model.returns(), nullptr);
  const json::object& counts = model.manifest().fields.at("counts").as_object();
  EXPECT_EQ(counts.at("plays"), built.plays);
  EXPECT_EQ(counts.at("transitions"), built.transitions);
  ASSERT_EQ(built.epochs.size(), 6U);
  EXPECT_LT(built.epochs.back().sample_loss, built.untrained_loss);
  EXPECT_TRUE(notes_.empty());
  EXPECT_FALSE(fs::exists(checkpoint()));
}

class RareSongs : public BuildModel {
 protected:
  RareSongs() {
    std::vector<std::vector<std::uint32_t>> queues(10, {0, 1, 2, 0, 1, 2});
    queues.push_back({0, 3, 1});
    (void)testing::small_dataset(scratch_, queues, std::vector<std::string>(queues.size(), "u"));
  }
};

TEST_F(RareSongs, are_placed_where_they_were_played) {
  const BuiltModel built = build();
  EXPECT_EQ(built.songs, 4U);
  EXPECT_EQ(built.songs_placed, 1U);
  EXPECT_EQ(built.songs_omitted, 0U);
  EXPECT_EQ(built.plays, 63U);
  const model::Model model(options_.target.output);
  EXPECT_EQ(model.songs().size(), 4U);
  EXPECT_EQ(model.trained_songs(), 3U);
  EXPECT_GT(model.inverse_norms()[3], 0);
  EXPECT_THAT(model.transitions(3).neighbours, ::testing::UnorderedElementsAre(0U, 1U));
  // Not found by what it is like, as long as there are others.
  const std::span<const float> vector = model.vectors()[3];
  std::vector<float> unit(vector.begin(), vector.end());
  for (float& number : unit) number *= model.inverse_norms()[3];
  const auto found = model.index().search(unit, 3);
  EXPECT_TRUE(std::ranges::none_of(found, [](const math::ScoredRow& one) { return one.row == 3; }));
}

TEST_F(RareSongs, change_nothing_of_those_that_are_trained) {
  (void)build();
  const model::Model with(options_.target.output);
  options_.train.place_plays = options_.train.min_plays;
  const BuiltModel built = build();
  EXPECT_EQ(built.songs, 3U);
  EXPECT_EQ(built.songs_placed, 0U);
  EXPECT_EQ(built.songs_omitted, 1U);
  EXPECT_EQ(built.plays, 62U);
  const model::Model without(options_.target.output);
  EXPECT_EQ(without.trained_songs(), 3U);
  for (data::SongRow song = 0; song < 3; ++song) {
    EXPECT_TRUE(std::ranges::equal(with.vectors()[song], without.vectors()[song]));
  }
}

// An old model of ten songs, and the dataset that has two more.
class FromModel : public BuildModel {
 protected:
  FromModel() {
    std::vector<std::vector<std::uint32_t>> queues;
    for (std::uint32_t i = 0; i < 60; ++i) {
      std::vector<std::uint32_t>& queue = queues.emplace_back();
      for (std::uint32_t place = 0; place < 6; ++place) queue.push_back((i + place) % 10);
    }
    const std::vector<std::string> users(120, "u");
    (void)testing::small_dataset(scratch_, queues, {users.begin(), users.begin() + 60});
    options_.train.epochs = 20;
    options_.target.output = (scratch_ / "old").string();
    (void)build();
    for (std::uint32_t i = 0; i < 60; ++i) {
      std::vector<std::uint32_t>& queue = queues.emplace_back();
      for (std::uint32_t place = 0; place < 6; ++place) queue.push_back((i + place) % 12);
    }
    (void)testing::small_dataset(scratch_, queues, users);
    options_.target.output = (scratch_ / "m").string();
    options_.start.from = (scratch_ / "old").string();
    options_.train.epochs = 2;
  }

  double mean_cosine() const {
    const model::Model now(options_.target.output);
    const model::Model old(scratch_ / "old");
    return drift_of(cosines_with(now.vectors(), old.vectors(), old_rows_of(now.songs(), old.songs()))).mean;
  }
};

TEST_F(FromModel, stays_where_it_was_and_learns_what_is_new) {
  const BuiltModel built = build();
  ASSERT_TRUE(built.start);
  EXPECT_EQ(built.start->songs_kept, 10U);
  EXPECT_EQ(built.start->songs_new, 2U);
  EXPECT_EQ(built.start->after.songs, 10U);
  EXPECT_GE(built.start->after.mean, built.start->before.mean - 1e-6);
  EXPECT_NEAR(mean_cosine(), built.start->after.mean, 1e-5);
  EXPECT_GT(mean_cosine(), 0.8);
  EXPECT_GT(built.untrained_loss, built.epochs.front().sample_loss) << "of vectors from nothing";
  const model::Model model(options_.target.output);
  const json::object& start = model.manifest().fields.at("start").as_object();
  EXPECT_EQ(start.at("songs_new"), 2U);
  EXPECT_EQ(start.at("model").as_string(), model::Model(options_.start.from).manifest().digest);
}

TEST_F(FromModel, can_be_trained_anew_and_turned) {
  options_.train.epochs = 20;
  options_.train.seed = 2;
  options_.start.warm = false;
  const BuiltModel built = build();
  EXPECT_LT(built.start->before.mean, 0.5) << "another seed, another direction";
  EXPECT_GT(built.start->after.mean, 0.8);
  EXPECT_NEAR(mean_cosine(), built.start->after.mean, 1e-5);
}

TEST_F(FromModel, passes_more_often_over_queues_that_the_model_has_not_seen) {
  const BuiltModel often = build();
  options_.start.fresh_passes = 1;
  const BuiltModel once = build();
  // The second half of the queues began after the newest play of the old model.
  EXPECT_NEAR(static_cast<double>(often.epochs[0].pairs) / static_cast<double>(once.epochs[0].pairs), 3, 0.2);
}

TEST_F(FromModel, resumes_only_with_the_same_start) {
  options_.train.epochs = 6;
  options_.checkpoints.checkpoint_every = std::chrono::hours(1);
  EXPECT_ERROR(interrupt(), ErrorCode::interrupted, "--resume continues");
  options_.checkpoints.resume = true;
  options_.start.from.clear();
  EXPECT_ERROR(build(), ErrorCode::wrong_use, "expected --from the model of digest");
  options_.start.from = (scratch_ / "old").string();
  options_.start.fresh_passes = 4;
  EXPECT_ERROR(build(), ErrorCode::wrong_use, "expected --fresh-passes 5 as in the checkpoint, found 4");
  options_.start.fresh_passes = 5;
  EXPECT_EQ(build().epochs.size(), 6U);
  const std::string resumed = vectors();
  options_.checkpoints = {};
  (void)build();
  EXPECT_EQ(vectors(), resumed);
}

TEST_F(FromModel, refuses_vectors_of_another_length) {
  options_.train.dim = 9;
  EXPECT_ERROR(build(), ErrorCode::wrong_use, "expected a model of dim 9, found 8");
}

TEST_F(BuildModel, refuses_to_start_from_a_model_of_other_songs) {
  testing::write_small_model(scratch_ / "other", testing::small_model(24, 8));
  options_.start.from = (scratch_ / "other").string();
  EXPECT_ERROR(build(), ErrorCode::bad_input, "expected a model with songs of the dataset, found none of 12 ids");
}

TEST_F(BuildModel, resumes_from_its_checkpoint_to_the_same_bytes) {
  (void)build();
  const std::string uninterrupted = vectors();
  options_.checkpoints.checkpoint_every = std::chrono::hours(1);
  EXPECT_ERROR(interrupt(), ErrorCode::interrupted, "--resume continues from " + checkpoint().string());
  ASSERT_TRUE(train::is_checkpoint(checkpoint()));
  options_.checkpoints.resume = true;
  const BuiltModel built = build();
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("resuming from " + checkpoint().string())));
  EXPECT_EQ(built.epochs.size(), 6U);
  EXPECT_EQ(vectors(), uninterrupted);
  EXPECT_FALSE(fs::exists(checkpoint())) << "removed with the model written";
}

TEST_F(BuildModel, notes_an_old_checkpoint_that_it_does_not_resume_from) {
  options_.checkpoints.checkpoint_every = std::chrono::hours(1);
  EXPECT_ERROR(interrupt(), ErrorCode::interrupted, "");
  options_.checkpoints.checkpoint_every = std::chrono::milliseconds(0);
  (void)build();
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("left by an unfinished training run")));
  EXPECT_FALSE(fs::exists(checkpoint()));
}

TEST_F(BuildModel, notes_that_there_is_no_checkpoint_to_resume_from) {
  options_.checkpoints.resume = true;
  (void)build();
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("no checkpoint found")));
}

TEST_F(BuildModel, refuses_a_checkpoint_of_other_options) {
  options_.checkpoints.checkpoint_every = std::chrono::hours(1);
  EXPECT_ERROR(interrupt(), ErrorCode::interrupted, "");
  options_.checkpoints.resume = true;
  options_.train.dim = 9;
  EXPECT_ERROR(build(), ErrorCode::wrong_use, "expected --dim 8 as in the checkpoint, found 9");
}

TEST_F(BuildModel, refuses_a_target_that_it_may_not_replace_before_reading_anything) {
  fs::remove_all(scratch_ / "d");  // reading it would fail with not_found
  fs::create_directory(scratch_ / "home");
  write_text_atomically(scratch_ / "home" / "thesis.txt", "do not lose");
  options_.target.output = (scratch_ / "home").string();
  EXPECT_ERROR(build(), ErrorCode::wrong_use, "refusing to replace a folder that has files but no manifest.json");
  (void)testing::circle_dataset(scratch_, 3);
  options_.target.output = (scratch_ / "d").string();
  EXPECT_ERROR(build(), ErrorCode::wrong_use, "expected a new folder or a segue-model folder to replace");
  EXPECT_EQ(read_text(scratch_ / "home" / "thesis.txt"), "do not lose");
}

}  // namespace
}  // namespace segue::pipeline
