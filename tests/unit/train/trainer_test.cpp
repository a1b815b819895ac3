#include "segue/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/error.h"

#include "bench/support/corpus.h"

namespace segue::train {
namespace {

TrainOptions short_run() {
  TrainOptions options;
  options.dim = 24;
  options.epochs = 5;
  options.subsample = 0;
  options.threads = 1;
  return options;
}

TrainedVectors train_on(const Corpus& corpus, const TrainOptions& options) {
  NoProgress progress;
  return train_vectors(data::Queues(corpus.queues), corpus.plays, options, progress, {});
}

bool equal_bytes(const TrainedMatrix& a, const TrainedMatrix& b) {
  return a.rows() == b.rows() && a.columns() == b.columns() &&
         std::memcmp(a.view().data, b.view().data, a.rows() * a.view().stride * sizeof(float)) == 0;
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += static_cast<double>(a[i] * b[i]);
    aa += static_cast<double>(a[i] * a[i]);
    bb += static_cast<double>(b[i] * b[i]);
  }
  return ab / std::sqrt(aa * bb);
}

// The share of the 10 nearest songs that belong to the same cluster, over the most played songs.
double cluster_precision(const Corpus& corpus, const TrainedMatrix& vectors) {
  const auto rows = vectors.view();
  const auto songs = static_cast<std::uint32_t>(rows.rows);
  std::uint32_t same = 0;
  constexpr std::uint32_t kSongs = 100;
  for (std::uint32_t song = 0; song < kSongs; ++song) {
    std::vector<std::pair<double, std::uint32_t>> near;
    for (std::uint32_t other = 0; other < songs; ++other) {
      if (other != song) near.emplace_back(-cosine(rows[song], rows[other]), other);
    }
    std::ranges::partial_sort(near, near.begin() + 10);
    for (std::size_t i = 0; i < 10; ++i) same += corpus.clusters[near[i].second] == corpus.clusters[song];
  }
  return same / (10.0 * kSongs);
}

Corpus clustered() {
  return generate_corpus({.songs = 400, .clusters = 10, .plays = 60'000, .zipf = 0.7, .drift = 0.05});
}

TEST(Trainer, own_queues_are_passed_over_as_often_as_they_weigh) {
  const Corpus corpus = clustered();
  data::Queues queues(corpus.queues);
  const std::size_t own = queues.size() / 4;
  queues.set_own(own);
  std::uint64_t own_plays = 0;
  for (std::size_t queue = 0; queue < own; ++queue) own_plays += queues.songs(queue).size();
  TrainOptions options = short_run();
  options.min_plays = 1;
  options.own_weight = 4;
  NoProgress progress;
  const TrainedVectors trained = train_vectors(queues, corpus.plays, options, progress, {});
  for (const EpochReport& epoch : trained.epochs) EXPECT_EQ(epoch.plays, queues.plays() + 3 * own_plays);
  EXPECT_LT(trained.epochs.back().sample_loss, 0.9 * trained.untrained_loss);
}

TEST(Trainer, songs_of_a_cluster_end_up_close_together) {
  const Corpus corpus = clustered();
  TrainOptions options = short_run();
  EXPECT_GT(cluster_precision(corpus, train_on(corpus, options).vectors), 0.9);
  options.architecture = Architecture::cbow;
  options.learning_rate = 0.05;
  EXPECT_GT(cluster_precision(corpus, train_on(corpus, options).vectors), 0.9);
}

TEST(Trainer, one_thread_gives_the_same_bytes_every_time) {
  const Corpus corpus = generate_corpus({.songs = 200, .clusters = 10, .plays = 30'000});
  TrainOptions options = short_run();
  options.epochs = 2;
  options.subsample = 1e-2;
  const TrainedVectors first = train_on(corpus, options);
  const TrainedVectors second = train_on(corpus, options);
  EXPECT_TRUE(equal_bytes(first.vectors, second.vectors));
  EXPECT_TRUE(equal_bytes(first.context, second.context));
  EXPECT_EQ(first.epochs.back().mean_loss, second.epochs.back().mean_loss);
  options.seed = 2;
  EXPECT_FALSE(equal_bytes(first.vectors, train_on(corpus, options).vectors));
}

// The tsan preset runs this too.
TEST(Trainer, several_threads_learn_the_same_thing) {
  constexpr double kHogwild = 0.4;  // untrained vectors have 3 times the loss
  const Corpus corpus = clustered();
  TrainOptions options = short_run();
  const TrainedVectors one = train_on(corpus, options);
  options.threads = 3;
  const TrainedVectors three = train_on(corpus, options);
  EXPECT_GT(cluster_precision(corpus, three.vectors), 0.9);
  for (std::size_t epoch = 0; epoch < 5; ++epoch) {
    EXPECT_EQ(three.epochs[epoch].pairs, one.epochs[epoch].pairs) << "examples do not depend on threads";
    EXPECT_EQ(three.epochs[epoch].plays, one.epochs[epoch].plays);
    // With 400 songs, every other row is being updated by another thread as well; on a busy machine, threads that wait
    // come back with old rows.
    EXPECT_NEAR(three.epochs[epoch].mean_loss / one.epochs[epoch].mean_loss, 1, kHogwild);
  }
  EXPECT_NEAR(three.epochs.back().sample_loss / one.epochs.back().sample_loss, 1, kHogwild);
}

TEST(Trainer, loss_starts_at_log_2_an_output_and_falls) {
  // Few plays: with many, the loss of the first epoch is already that of the last.
  const Corpus corpus = generate_corpus({.songs = 400, .clusters = 10, .plays = 10'000});
  TrainOptions options = short_run();
  options.learning_rate = options.min_learning_rate = 0;
  options.epochs = 1;
  const double untrained = train_on(corpus, options).epochs.at(0).mean_loss;
  EXPECT_NEAR(untrained, 6 * std::log(2.0), 0.2);  // a little less: noise equal to the positive is dropped
  const std::vector<EpochReport> epochs = train_on(corpus, short_run()).epochs;
  ASSERT_EQ(epochs.size(), 5U);
  const std::uint32_t songs = trained_song_count(corpus.plays, 5);
  const auto trained_plays = std::accumulate(corpus.plays.begin(), corpus.plays.begin() + songs, std::uint64_t{0});
  double before = untrained;
  for (std::uint32_t i = 0; i < 5; ++i) {
    EXPECT_EQ(epochs[i].epoch, i + 1);
    EXPECT_LT(epochs[i].mean_loss, before);
    EXPECT_GT(epochs[i].pairs, 0U);
    EXPECT_EQ(epochs[i].plays, trained_plays);
    before = epochs[i].mean_loss;
  }
}

TEST(Trainer, padding_of_the_rows_stays_0) {
  const Corpus corpus = clustered();
  TrainOptions options = short_run();
  options.epochs = 1;
  const TrainedVectors trained = train_on(corpus, options);
  for (const TrainedMatrix* matrix : {&trained.vectors, &trained.context}) {
    const auto view = matrix->view();
    ASSERT_EQ(view.columns, 24U);
    ASSERT_EQ(view.stride, 32U);
    for (std::size_t r = 0; r < view.rows; ++r) {
      for (std::size_t c = view.columns; c < view.stride; ++c) ASSERT_EQ(view.row(r)[c], 0);
    }
  }
}

TEST(Trainer, songs_with_too_few_plays_get_no_row) {
  const Corpus corpus = generate_corpus({.songs = 500, .clusters = 5, .plays = 5'000});
  TrainOptions options = short_run();
  options.min_plays = 10;
  const TrainedVectors trained = train_on(corpus, options);
  EXPECT_EQ(trained.vectors.rows(), trained_song_count(corpus.plays, 10));
  EXPECT_LT(trained.vectors.rows(), 500U);
}

// Requests a stop halfway, and checks the progress it receives.
class StopHalfway final : public Progress {
 public:
  void begin(std::string_view, std::uint64_t total, std::string_view unit) override {
    total_ = total;
    EXPECT_EQ(unit, "plays");
  }
  void update(std::uint64_t done, std::string_view note) override {
    EXPECT_GE(done, last_);
    EXPECT_LE(done, total_);
    EXPECT_THAT(std::string(note), ::testing::HasSubstr("loss"));
    last_ = done;
    if (2 * done > total_) source.request_stop();
  }
  void end() override {}
  std::stop_source source;

 private:
  std::uint64_t total_ = 0;
  std::uint64_t last_ = 0;
};

TEST(Trainer, stops_when_asked) {
  const Corpus corpus = clustered();
  StopHalfway progress;
  try {
    train_vectors(data::Queues(corpus.queues), corpus.plays, short_run(), progress, progress.source.get_token());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("epoch 3"));
  }
}

ErrorCode code_of_training(const Corpus& corpus, const TrainOptions& options) {
  try {
    train_on(corpus, options);
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "expected an error";
  return {};
}

TEST(Trainer, refuses_queues_that_cannot_be_trained) {
  TrainOptions options = short_run();
  EXPECT_EQ(code_of_training({}, options), ErrorCode::bad_input);
  options.min_plays = 1;
  EXPECT_EQ(code_of_training({{{0}, {1}, {0}}, {2, 1}, {}}, options), ErrorCode::bad_input);
  options.min_learning_rate = 1;
  EXPECT_EQ(code_of_training({{{0, 1}}, {1, 1}, {}}, options), ErrorCode::wrong_use);
}

TEST(Trainer, a_diverging_loss_is_an_error) {
  const Corpus corpus = generate_corpus({.songs = 10, .clusters = 1, .plays = 200'000});
  TrainOptions options = short_run();
  options.architecture = Architecture::cbow;
  options.learning_rate = options.min_learning_rate = 10;
  options.window = 1000;
  EXPECT_EQ(code_of_training(corpus, options), ErrorCode::wrong_use);
}

TEST(Trainer, two_songs_and_no_noise_are_enough) {
  TrainOptions options = short_run();
  options.min_plays = 1;
  options.negatives = 0;
  const TrainedVectors trained = train_on({{{0, 1}}, {1, 1}, {}}, options);
  EXPECT_EQ(trained.vectors.rows(), 2U);
  EXPECT_EQ(trained.epochs.back().pairs, 2U);
  EXPECT_LT(trained.epochs.back().mean_loss, std::log(2.0));
}

}  // namespace
}  // namespace segue::train
