// A training run that is interrupted and resumed ends with the same result.
#include "segue/train/checkpoint.h"

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stop_token>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/train/checkpoint_folder.h"
#include "segue/train/trainer.h"

#include "bench/support/corpus.h"
#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue::train {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// Four blocks an epoch.
Corpus small_corpus() {
  return generate_corpus({.songs = 100, .clusters = 5, .plays = 35'000});
}

TrainOptions small_options(Architecture architecture = Architecture::skipgram) {
  TrainOptions options;
  options.architecture = architecture;
  options.dim = 10;  // rows with padding
  options.epochs = 2;
  options.threads = 1;
  return options;
}

TrainedVectors train(const Corpus& corpus, const TrainOptions& options, const Checkpoints& checkpoints = {},
                     const std::stop_token& stop = {}) {
  NoProgress progress;
  return train_vectors(data::Queues(corpus.queues), corpus.plays, options, progress, stop, checkpoints);
}

bool same_bytes(const TrainedMatrix& a, const TrainedMatrix& b) {
  return a.rows() == b.rows() && a.columns() == b.columns() &&
         std::memcmp(a.view().data, b.view().data, a.rows() * a.view().stride * sizeof(float)) == 0;
}

void expect_same(const TrainedVectors& found, const TrainedVectors& wanted) {
  EXPECT_TRUE(same_bytes(found.vectors, wanted.vectors));
  EXPECT_TRUE(same_bytes(found.context, wanted.context));
  EXPECT_EQ(found.untrained_loss, wanted.untrained_loss);
  ASSERT_EQ(found.epochs.size(), wanted.epochs.size());
  for (std::size_t i = 0; i < found.epochs.size(); ++i) {
    EXPECT_EQ(found.epochs[i].epoch, wanted.epochs[i].epoch);
    EXPECT_EQ(found.epochs[i].sample_loss, wanted.epochs[i].sample_loss);
    EXPECT_EQ(found.epochs[i].mean_loss, wanted.epochs[i].mean_loss);
    EXPECT_EQ(found.epochs[i].pairs, wanted.epochs[i].pairs);
    EXPECT_EQ(found.epochs[i].plays, wanted.epochs[i].plays);
  }
}

// Keeps the last checkpoint in memory.
class Memory : public CheckpointSink, public CheckpointSource {
 public:
  bool due() override { return false; }
  void write(const TrainingPosition& position, const TrainingMatrices& matrices) override {
    ++writes;
    position_ = position;
    vectors_ = bytes_of(matrices.vectors);
    context_ = bytes_of(matrices.context);
  }
  const TrainingPosition& position() const override { return position_; }
  void load(const TrainingMatrices& matrices) const override {
    std::memcpy(matrices.vectors.data, vectors_.data(), vectors_.size());
    std::memcpy(matrices.context.data, context_.data(), context_.size());
  }

  TrainingPosition position_;
  int writes = 0;

 private:
  static std::string bytes_of(const RowBytes& rows) {
    return {reinterpret_cast<const char*>(rows.data), rows.rows * rows.stride_bytes};
  }
  std::string vectors_;
  std::string context_;
};

// Asks training to stop after a given number of blocks.
class StopAfter final : public Memory {
 public:
  explicit StopAfter(int blocks) : left_(blocks) {}
  bool due() override {
    if (--left_ == 0) source.request_stop();
    return false;
  }
  std::stop_source source;

 private:
  int left_;
};

TEST(Checkpoint, a_run_stopped_after_any_block_resumes_to_the_same_bytes) {
  const Corpus corpus = small_corpus();
  for (const Architecture architecture : {Architecture::skipgram, Architecture::cbow}) {
    const TrainOptions options = small_options(architecture);
    const TrainedVectors whole = train(corpus, options);
    for (int blocks = 1; blocks <= 8; ++blocks) {
      StopAfter stopper(blocks);
      EXPECT_ERROR(train(corpus, options, {.sink = &stopper}, stopper.source.get_token()), ErrorCode::interrupted,
                   blocks <= 4 ? "epoch 1" : "epoch 2");
      ASSERT_EQ(stopper.writes, 1);
      EXPECT_EQ(stopper.position().blocks, 4U);
      EXPECT_EQ(stopper.position().epochs.size() * 4 + stopper.position().blocks_done,
                static_cast<std::uint64_t>(blocks));
      expect_same(train(corpus, options, {.source = &stopper}), whole);
    }
  }
}

// Requests a checkpoint after every block, and keeps the one with a given number.
class EveryBlock final : public Memory {
 public:
  explicit EveryBlock(int kept) : kept_(kept) {}
  bool due() override { return true; }
  void write(const TrainingPosition& position, const TrainingMatrices& matrices) override {
    if (++seen == kept_) Memory::write(position, matrices);
  }
  int seen = 0;

 private:
  int kept_;
};

TEST(Checkpoint, writing_does_not_change_the_result) {
  const Corpus corpus = small_corpus();
  const TrainedVectors whole = train(corpus, small_options());
  for (const int kept : {3, 4, 9}) {
    EveryBlock sink(kept);
    expect_same(train(corpus, small_options(), {.sink = &sink}), whole);
    EXPECT_EQ(sink.seen, 9) << "after each of 8 blocks and at the end";
    expect_same(train(corpus, small_options(), {.source = &sink}), whole);
  }
}

TEST(Checkpoint, several_threads_halt_stop_and_resume) {
  const Corpus corpus = small_corpus();
  TrainOptions options = small_options();
  options.negative_sharing = NegativeSharing::pair;  // shared noise depends more on the order of threads
  const TrainedVectors one = train(corpus, options);
  options.threads = 2;
  for (int blocks = 1; blocks <= 7; blocks += 2) {
    StopAfter stopper(blocks);
    EXPECT_THROW(train(corpus, options, {.sink = &stopper}, stopper.source.get_token()), Error);
    const TrainedVectors resumed = train(corpus, options, {.source = &stopper});
    ASSERT_EQ(resumed.epochs.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(resumed.epochs[i].pairs, one.epochs[i].pairs) << "every block is trained once";
      EXPECT_NEAR(resumed.epochs[i].sample_loss, one.epochs[i].sample_loss, 0.2);
    }
  }
  EveryBlock sink(5);
  EXPECT_EQ(train(corpus, options, {.sink = &sink}).epochs.back().pairs, one.epochs.back().pairs);
}

TEST(Checkpoint, is_refused_if_it_does_not_fit) {
  const Corpus corpus = small_corpus();
  Memory memory;
  train(corpus, small_options(), {.sink = &memory});
  const TrainingPosition good = memory.position_;
  memory.position_.blocks = 5;
  EXPECT_ERROR(train(corpus, small_options(), {.source = &memory}), ErrorCode::corrupt, "expected 4 blocks");
  memory.position_ = good;
  memory.position_.blocks_done = 5;
  EXPECT_ERROR(train(corpus, small_options(), {.source = &memory}), ErrorCode::corrupt, "blocks done, found 5");
  memory.position_ = good;
  memory.position_.epochs.resize(3);
  EXPECT_ERROR(train(corpus, small_options(), {.source = &memory}), ErrorCode::corrupt, "at most 2 epochs");
}

// Folders.

void no_failure(const Error& error) {
  ADD_FAILURE() << error.what();
}

// A folder with the checkpoint of a run that was stopped in its second epoch.
void write_checkpoint(const fs::path& folder, const TrainOptions& options) {
  const Corpus corpus = small_corpus();
  std::stop_source source;
  int clock = 0;
  CheckpointFolder sink(folder, {"d1"}, options, milliseconds(1000), no_failure, [&] {
    if (++clock == 7) source.request_stop();
    return CheckpointFolder::Clock::time_point();
  });
  EXPECT_THROW(train(corpus, options, {.sink = &sink}, source.get_token()), Error);
  EXPECT_TRUE(sink.wait());
}

TEST(CheckpointFolder, resumes_to_the_same_bytes) {
  for (const Architecture architecture : {Architecture::skipgram, Architecture::cbow}) {
    const testing::Scratch scratch;
    const TrainOptions options = small_options(architecture);
    write_checkpoint(scratch / "m.checkpoint", options);
    const Checkpoint checkpoint(scratch / "m.checkpoint");
    EXPECT_EQ(checkpoint.position().epochs.size(), 1U);
    EXPECT_EQ(checkpoint.position().blocks_done, 2U);
    EXPECT_GT(checkpoint.position().seconds, 0);
    EXPECT_NO_THROW(checkpoint.check_same_training({"d1"}, options));
    expect_same(train(small_corpus(), options, {.source = &checkpoint}), train(small_corpus(), options));
  }
}

TEST(CheckpointFolder, refuses_another_dataset_or_option) {
  const testing::Scratch scratch;
  write_checkpoint(scratch / "m.checkpoint", small_options());
  const Checkpoint checkpoint(scratch / "m.checkpoint");
  EXPECT_ERROR(checkpoint.check_same_training({"d2"}, small_options()), ErrorCode::wrong_use, "digest d1");
  TrainOptions other = small_options();
  other.threads = 7;
  EXPECT_NO_THROW(checkpoint.check_same_training({"d1"}, other));
  other.epochs = 3;
  EXPECT_ERROR(checkpoint.check_same_training({"d1"}, other), ErrorCode::wrong_use,
               "expected --epochs 2 as in the checkpoint, found 3");
  // Every option but threads.
  for (const OptionRow& row : rows_of<TrainOptions>()) {
    if (row.name == "threads") continue;
    const std::string now = row.text(&other);
    std::string value = now == "1" ? "2" : "1";
    if (row.kind == OptionKind::duration) value = "1s";
    if (row.kind == OptionKind::flag) value = now == "true" ? "false" : "true";
    if (row.kind == OptionKind::choice) value = row.choices[now == row.choices[0] ? 1 : 0];
    other = small_options();
    row.set(&other, row, value);
    EXPECT_ERROR(checkpoint.check_same_training({"d1"}, other), ErrorCode::wrong_use, row.flag());
  }
}

TEST(CheckpointFolder, refuses_another_start) {
  const testing::Scratch scratch;
  write_checkpoint(scratch / "m.checkpoint", small_options());
  const Checkpoint checkpoint(scratch / "m.checkpoint");
  EXPECT_ERROR(checkpoint.check_same_training({"d1", "m1"}, small_options()), ErrorCode::wrong_use,
               "expected --from none, as it was started, found the model of digest m1");
}

TEST(CheckpointFolder, every_changed_byte_is_found) {
  const testing::Scratch scratch;
  const fs::path folder = scratch / "m.checkpoint";
  write_checkpoint(folder, small_options());
  for (const char* name : {"vectors.bin", "context.bin", "manifest.json"}) {
    const std::string whole = read_text(folder / name);
    std::string changed = whole;
    changed[changed.size() / 2] ^= 1;
    std::ofstream(folder / name, std::ios::binary) << changed;
    EXPECT_ERROR(
        {
          const Checkpoint checkpoint(folder);
          train(small_corpus(), small_options(), {.source = &checkpoint});
        },
        ErrorCode::corrupt, folder.string());
    std::ofstream(folder / name, std::ios::binary) << whole.substr(0, whole.size() - 1);
    EXPECT_ERROR(Checkpoint{folder}, ErrorCode::corrupt, folder.string());
    std::ofstream(folder / name, std::ios::binary) << whole;
    EXPECT_NO_THROW(Checkpoint{folder});
  }
}

TEST(CheckpointFolder, matrices_of_another_shape_are_refused) {
  const testing::Scratch scratch;
  write_checkpoint(scratch / "m.checkpoint", small_options());
  const Checkpoint checkpoint(scratch / "m.checkpoint");
  math::Matrix wider(100, 11);
  EXPECT_ERROR(checkpoint.load({row_bytes_of(wider.view()), row_bytes_of(wider.view())}), ErrorCode::corrupt,
               "\"row_bytes\":44");
  math::Matrix right(100, 10);
  RowBytes other = row_bytes_of(right.view());
  other.element = "bf16";
  EXPECT_ERROR(checkpoint.load({other, other}), ErrorCode::corrupt, "bf16");
}

TEST(CheckpointFolder, is_due_by_the_clock_and_not_while_one_is_written) {
  const testing::Scratch scratch;
  CheckpointFolder::Clock::time_point now;
  CheckpointFolder sink(scratch / "c", {"d1"}, {}, milliseconds(1000), no_failure, [&] { return now; });
  EXPECT_FALSE(sink.due());
  now += milliseconds(999);
  EXPECT_FALSE(sink.due());
  now += milliseconds(1);
  EXPECT_TRUE(sink.due());
  math::Matrix matrix(3, 4);
  sink.write({}, {row_bytes_of(matrix.view()), row_bytes_of(matrix.view())});
  EXPECT_FALSE(sink.due()) << "the time starts again";
  EXPECT_TRUE(sink.wait());
  now += milliseconds(1000);
  EXPECT_TRUE(sink.due());
}

TEST(CheckpointFolder, a_failed_write_is_reported_and_tried_again) {
  const testing::Scratch scratch;
  fs::create_directory(scratch / "disk");
  std::vector<std::string> failures;
  CheckpointFolder sink(scratch / "disk/c", {"d1"}, {}, milliseconds(0),
                        [&](const Error& error) { failures.emplace_back(error.what()); });
  math::Matrix matrix(3, 4);
  const TrainingMatrices matrices{row_bytes_of(matrix.view()), row_bytes_of(matrix.view())};
  fs::remove(scratch / "disk");
  sink.write({}, matrices);
  EXPECT_FALSE(sink.wait());
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_NE(failures.front().find("no such folder"), std::string::npos) << failures.front();
  fs::create_directory(scratch / "disk");
  sink.write({}, matrices);
  EXPECT_TRUE(sink.wait());
  EXPECT_EQ(failures.size(), 1U);
  EXPECT_TRUE(is_checkpoint(scratch / "disk/c"));
}

TEST(CheckpointFolder, does_not_replace_other_folders) {
  const testing::Scratch scratch;
  write_text_atomically(scratch / "letter.txt", "dear");
  EXPECT_FALSE(is_checkpoint(scratch.path()));
  EXPECT_ERROR(CheckpointFolder(scratch.path(), {"d1"}, {}, milliseconds(0), no_failure), ErrorCode::wrong_use,
               "refusing to replace");
}

TEST(CheckpointFolder, lies_next_to_the_model) {
  EXPECT_EQ(checkpoint_of("models/m"), "models/m.checkpoint");
  EXPECT_EQ(checkpoint_of("models/m/"), "models/m.checkpoint");
  EXPECT_EQ(checkpoint_of("./m"), "m.checkpoint");
}

}  // namespace
}  // namespace segue::train
