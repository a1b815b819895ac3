// Training by several ranks, which are threads here.
#include <algorithm>
#include <array>
#include <cmath>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <numeric>
#include <span>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/base/random.h"
#include "segue/train/agreement.h"
#include "segue/train/communicator.h"
#include "segue/train/kernels/change.h"
#include "segue/train/kernels/step.h"
#include "segue/train/rank_rounds.h"
#include "segue/train/row_exchange.h"
#include "segue/train/trainer.h"

#include "bench/support/corpus.h"
#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue::train {
namespace {

// Where the ranks of a test meet. A rank that leaves makes the calls of the others fail.
class Room {
 public:
  explicit Room(std::size_t ranks) : ranks_(ranks), out_(ranks), in_(ranks) {}

  std::size_t ranks() const { return ranks_; }

  void pass(std::size_t rank, std::span<const BytesView> out, std::span<const std::span<std::byte>> in) {
    std::unique_lock lock(mutex_);
    out_[rank] = out;
    in_[rank] = in;
    const std::uint64_t turn = turn_;
    if (++arrived_ == ranks_) {
      for (std::size_t to = 0; to < ranks_; ++to) {
        for (std::size_t from = 0; from < ranks_; ++from) {
          if (from == to) continue;
          SEGUE_ASSERT(out_[from][to].size() == in_[to][from].size());
          std::ranges::copy(out_[from][to], in_[to][from].begin());
        }
      }
      arrived_ = 0;
      ++turn_;
      all_came_.notify_all();
    }
    all_came_.wait(lock, [&] { return turn_ != turn || left_; });
    if (turn_ == turn) fail(ErrorCode::unavailable, "a rank has left");
  }

  void leave() {
    const std::lock_guard lock(mutex_);
    left_ = true;
    all_came_.notify_all();
  }

 private:
  std::size_t ranks_;
  std::mutex mutex_;
  std::condition_variable all_came_;
  std::vector<std::span<const BytesView>> out_;
  std::vector<std::span<const std::span<std::byte>>> in_;
  std::size_t arrived_ = 0;
  std::uint64_t turn_ = 0;
  bool left_ = false;
};

class Guest final : public Communicator {
 public:
  Guest(Room& room, std::size_t rank) : room_(room), rank_(rank) {}
  std::size_t rank() const override { return rank_; }
  std::size_t ranks() const override { return room_.ranks(); }
  void pass(std::span<const BytesView> out, std::span<const std::span<std::byte>> in) override {
    room_.pass(rank_, out, in);
  }

 private:
  Room& room_;
  std::size_t rank_;
};

// Runs `body` at every rank; the errors by rank, null where there was none.
std::vector<std::exception_ptr> at_each_rank(std::size_t ranks, const std::function<void(Guest& guest)>& body) {
  Room room(ranks);
  std::vector<std::exception_ptr> errors(ranks);
  std::vector<std::jthread> threads;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    threads.emplace_back([&, rank] {
      Guest guest(room, rank);
      try {
        body(guest);
      } catch (...) {
        errors[rank] = std::current_exception();
        room.leave();
      }
    });
  }
  threads.clear();
  return errors;
}

void expect_no_errors(const std::vector<std::exception_ptr>& errors) {
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

// 12 blocks an epoch.
const Corpus& corpus() {
  static const Corpus made = generate_corpus({.songs = 300, .clusters = 8, .plays = 115'000, .drift = 0.05});
  return made;
}

TrainOptions options_of_run() {
  TrainOptions options;
  options.dim = 10;
  options.epochs = 3;
  options.threads = 1;
  options.subsample = 1e-2;
  return options;
}

// A checkpoint in memory after each whole exchange.
class EveryCheckpoint final : public CheckpointSink, public CheckpointSource {
 public:
  struct Kept {
    TrainingPosition position;
    std::vector<std::byte> vectors;
    std::vector<std::byte> context;
  };
  bool due() override { return true; }
  void write(const TrainingPosition& position, const TrainingMatrices& matrices) override {
    const auto bytes = [](const RowBytes& rows) {
      return std::vector<std::byte>(rows.data, rows.data + rows.rows * rows.stride_bytes);
    };
    kept.push_back({position, bytes(matrices.vectors), bytes(matrices.context)});
  }
  const TrainingPosition& position() const override { return kept[from].position; }
  void load(const TrainingMatrices& matrices) const override {
    load_one(matrices.vectors, kept[from].vectors);
    load_one(matrices.context, kept[from].context);
  }
  // All columns of a row, or some.
  static void load_one(const RowBytes& rows, const std::vector<std::byte>& bytes) {
    const std::size_t stride = bytes.size() / rows.rows;
    for (std::size_t row = 0; row < rows.rows; ++row) {
      std::memcpy(rows.data + row * rows.stride_bytes, bytes.data() + row * stride + rows.skipped_bytes,
                  rows.row_bytes);
    }
  }
  std::vector<Kept> kept;
  std::size_t from = 0;
};

struct Run {
  std::vector<TrainedVectors> of_ranks;
  EveryCheckpoint checkpoints;
};

std::unique_ptr<Run> train_by(std::size_t ranks, const TrainOptions& options, const CheckpointSource* source = nullptr,
                              const Corpus& of = corpus(), Shard shard = Shard::rows) {
  const testing::Scratch scratch;
  auto run = std::make_unique<Run>();
  run->of_ranks.resize(ranks);
  const data::Queues queues(of.queues);
  expect_no_errors(at_each_rank(ranks, [&](Guest& guest) {
    NoProgress progress;
    const Checkpoints checkpoints{.sink = guest.rank() == 0 ? &run->checkpoints : nullptr, .source = source};
    run->of_ranks[guest.rank()] = train_vectors(
        queues, of.plays, options, progress, {}, checkpoints, {},
        {.communicator = &guest, .options = {.shard = shard, .exchange_plays = 10'000}, .scratch = scratch.path()});
  }));
  return run;
}

std::vector<float> numbers_of(const TrainedMatrix& matrix) {
  std::vector<float> numbers;
  std::vector<float> scratch(matrix.columns());
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    const float* start = matrix.row(row, scratch.data());
    numbers.insert(numbers.end(), start, start + matrix.columns());
  }
  return numbers;
}

void expect_same_vectors(const TrainedVectors& found, const TrainedVectors& wanted) {
  EXPECT_EQ(numbers_of(found.vectors), numbers_of(wanted.vectors));
  EXPECT_EQ(numbers_of(found.context), numbers_of(wanted.context));
}

TEST(Ranks, all_end_with_the_same_bytes_and_do_so_every_time) {
  for (const Precision precision : {Precision::f32, Precision::bf16}) {
    TrainOptions options = options_of_run();
    options.precision = precision;
    const auto first = train_by(3, options);
    const auto again = train_by(3, options);
    expect_same_vectors(first->of_ranks[1], first->of_ranks[0]);
    expect_same_vectors(first->of_ranks[2], first->of_ranks[0]);
    expect_same_vectors(again->of_ranks[0], first->of_ranks[0]);
    EXPECT_EQ(again->of_ranks[0].epochs.back().sample_loss, first->of_ranks[0].epochs.back().sample_loss);
    EXPECT_GT(first->of_ranks[0].exchange.bytes_sent, 0U);
  }
}

TEST(Ranks, one_rank_trains_the_bytes_of_no_ranks) {
  const data::Queues queues(corpus().queues);
  NoProgress progress;
  const TrainedVectors wanted = train_vectors(queues, corpus().plays, options_of_run(), progress, {});
  expect_same_vectors(train_by(1, options_of_run())->of_ranks[0], wanted);
}

TEST(Ranks, learn_as_much_as_one_and_train_every_play) {
  const Corpus many = generate_corpus({.songs = 2000, .clusters = 40, .plays = 240'000, .zipf = 0.7, .drift = 0.05});
  TrainOptions options = options_of_run();
  options.epochs = 8;
  const auto one = train_by(1, options, nullptr, many);
  const EpochReport& wanted = one->of_ranks[0].epochs.back();
  const double learned = one->of_ranks[0].untrained_loss - wanted.sample_loss;
  EXPECT_GT(learned, 1);
  for (const std::size_t ranks : {2, 3}) {
    const auto run = train_by(ranks, options, nullptr, many);
    const EpochReport& found = run->of_ranks[0].epochs.back();
    EXPECT_EQ(found.plays, wanted.plays);
    EXPECT_EQ(found.pairs, wanted.pairs);
    EXPECT_NEAR(found.sample_loss, wanted.sample_loss, 0.05 * learned) << ranks << " ranks";
  }
}

TEST(Ranks, continue_from_any_checkpoint_to_the_same_bytes) {
  const auto whole = train_by(2, options_of_run());
  ASSERT_GE(whole->checkpoints.kept.size(), 3U);
  for (std::size_t i = 0; i < whole->checkpoints.kept.size(); ++i) {
    whole->checkpoints.from = i;
    const auto resumed = train_by(2, options_of_run(), &whole->checkpoints);
    expect_same_vectors(resumed->of_ranks[0], whole->of_ranks[0]);
    EXPECT_EQ(resumed->of_ranks[0].epochs.back().pairs, whole->of_ranks[0].epochs.back().pairs);
  }
}

TEST(Ranks, continue_with_fewer_or_more) {
  const auto whole = train_by(2, options_of_run());
  whole->checkpoints.from = 1;
  for (const std::size_t ranks : {1, 3}) {
    const auto resumed = train_by(ranks, options_of_run(), &whole->checkpoints);
    const EpochReport& found = resumed->of_ranks[0].epochs.back();
    EXPECT_EQ(found.pairs, whole->of_ranks[0].epochs.back().pairs);
    // Songs are few and met often, so that what ranks learn beside each other is less than one after another.
    EXPECT_NEAR(found.sample_loss, whole->of_ranks[0].epochs.back().sample_loss, 0.2);
  }
}

TEST(Ranks, more_ranks_than_blocks) {
  const auto run = train_by(16, options_of_run());
  expect_same_vectors(run->of_ranks[15], run->of_ranks[0]);
  EXPECT_EQ(run->of_ranks[0].epochs.back().pairs, train_by(1, options_of_run())->of_ranks[0].epochs.back().pairs);
}

TEST(Ranks, with_several_threads_agree_too) {
  TrainOptions options = options_of_run();
  options.threads = 2;
  const auto run = train_by(2, options);
  expect_same_vectors(run->of_ranks[1], run->of_ranks[0]);
}

TEST(Ranks, a_rank_that_ends_ends_the_others) {
  const data::Queues queues(corpus().queues);
  class EndsEarly final : public Progress {
   public:
    void begin(std::string_view, std::uint64_t, std::string_view) override {}
    void update(std::uint64_t done, std::string_view) override {
      if (done > 60'000) fail(ErrorCode::io_failed, "the end of this rank");
    }
    void end() override {}
  };
  const auto errors = at_each_rank(3, [&](Guest& guest) {
    NoProgress silence;
    EndsEarly early;
    Progress& progress = guest.rank() == 1 ? static_cast<Progress&>(early) : silence;
    train_vectors(queues, corpus().plays, options_of_run(), progress, {}, {}, {}, {.communicator = &guest});
  });
  for (const std::size_t rank : {0, 2}) {
    ASSERT_TRUE(errors[rank]);
    EXPECT_ERROR(std::rethrow_exception(errors[rank]), ErrorCode::unavailable, "a rank has left");
  }
}

TEST(Ranks, stop_together) {
  const data::Queues queues(corpus().queues);
  std::stop_source stop;
  stop.request_stop();
  const auto errors = at_each_rank(2, [&](Guest& guest) {
    NoProgress progress;
    train_vectors(queues, corpus().plays, options_of_run(), progress,
                  guest.rank() == 1 ? stop.get_token() : std::stop_token(), {}, {}, {.communicator = &guest});
  });
  for (const std::exception_ptr& error : errors) {
    ASSERT_TRUE(error);
    EXPECT_ERROR(std::rethrow_exception(error), ErrorCode::interrupted, "by rank 1");
  }
}

TEST(Ranks, refuse_what_differs_by_name) {
  const auto error_of = [](const std::function<void(RunIdentity & run)>& change) {
    const auto errors = at_each_rank(3, [&](Guest& guest) {
      RunIdentity run{{"digest"}, options_of_run(), ""};
      run.options.threads = static_cast<std::uint32_t>(guest.rank());
      if (guest.rank() == 2) change(run);
      check_agreement({.communicator = &guest}, run);
    });
    std::vector<std::string> texts;
    for (const std::exception_ptr& error : errors) {
      try {
        if (error) std::rethrow_exception(error);
      } catch (const Error& found) {
        texts.emplace_back(found.what());
      }
    }
    return texts;
  };
  EXPECT_THAT(error_of([](RunIdentity&) {}), ::testing::IsEmpty());
  EXPECT_THAT(error_of([](RunIdentity& run) { run.options.dim = 32; }),
              ::testing::Each("--dim: expected 10 at every rank, as at rank 0, found 32 at rank 2"));
  EXPECT_THAT(error_of([](RunIdentity& run) { run.on.dataset = "other"; }),
              ::testing::Each("dataset: expected digest at every rank, as at rank 0, found other at rank 2"));
  EXPECT_THAT(error_of([](RunIdentity& run) { run.on.fresh_passes = 4; }),
              ::testing::Each("--fresh-passes: expected 0 at every rank, as at rank 0, found 4 at rank 2"));
  EXPECT_THAT(error_of([](RunIdentity& run) { run.resumed_at = "2 epochs"; }),
              ::testing::Each("--resume: expected none at every rank, as at rank 0, found 2 epochs at rank 2"));
}

std::vector<float> drawn(std::size_t count, std::uint64_t seed, float reach) {
  Random random(seed);
  std::vector<float> numbers(count);
  for (float& number : numbers) number = (random.uniform_float() - 0.5F) * reach;
  return numbers;
}

// Ranks on machines with other SIMD targets come to the same bytes.
TEST(ChangeKernels, all_give_the_bytes_of_the_scalar_one) {
  constexpr std::size_t kLength = 48;
  const ChangeKernel& scalar = all_change_kernels().scalar();
  for (const ChangeKernel& kernel : all_change_kernels()) {
    for (const float reach : {0.0F, 1e-35F, 1e-3F, 1.0F, 300.0F}) {
      struct Result {
        std::array<std::int8_t, kLength> change{};
        std::array<std::int8_t, kLength> packed{};
        std::vector<float> sum{};
        std::vector<float> now{};
        std::vector<float> base{};
        std::vector<math::Bf16> now_bf16{};
        std::vector<math::Bf16> base_bf16{};
        float scale = 0;
        float packed_scale = 0;
      };
      const auto result_of = [&](const ChangeKernel& by) {
        Result found{
            .sum = drawn(kLength, 1, reach), .now = drawn(kLength, 2, reach), .base = drawn(kLength, 3, reach)};
        for (const float number : found.now) found.now_bf16.push_back(math::round_stochastically(number, 7));
        for (const float number : found.base) found.base_bf16.push_back(math::round_stochastically(number, 9));
        found.scale = by.take(found.now.data(), found.base.data(), kLength, found.change.data());
        const Change change{found.change.data(), found.scale};
        by.add(change, kLength, found.sum.data());
        found.packed_scale = by.pack(found.sum.data(), kLength, found.packed.data());
        const Change agreed{found.packed.data(), found.packed_scale};
        for (const bool replace : {false, true}) {
          const RowUpdate update{.agreed = agreed, .own = change, .replace = replace, .seed = 12};
          by.apply(update, kLength, found.now.data(), found.base.data());
          by.apply_bf16(update, kLength, found.now_bf16.data(), found.base_bf16.data());
        }
        return found;
      };
      const Result wanted = result_of(scalar);
      const Result found = result_of(kernel);
      EXPECT_EQ(found.change, wanted.change) << kernel.name;
      EXPECT_EQ(found.packed, wanted.packed) << kernel.name;
      EXPECT_EQ(found.scale, wanted.scale) << kernel.name;
      EXPECT_EQ(found.now, wanted.now) << kernel.name;
      EXPECT_EQ(found.base, wanted.base) << kernel.name;
      EXPECT_EQ(found.now_bf16, wanted.now_bf16) << kernel.name;
      EXPECT_EQ(found.base_bf16, wanted.base_bf16) << kernel.name;
      EXPECT_EQ(wanted.now, wanted.base);
      const std::vector<float> now = drawn(kLength, 2, reach);
      const std::vector<float> base = drawn(kLength, 3, reach);
      for (std::size_t i = 0; i < kLength; ++i) {
        EXPECT_NEAR(static_cast<float>(wanted.change[i]) * wanted.scale, now[i] - base[i],
                    reach / 64 + 1e-30F);  // smaller ones stay in the row
      }
    }
  }
}

TEST(ChangeKernels, tell_of_numbers_that_are_not_finite) {
  for (const ChangeKernel& kernel : all_change_kernels()) {
    std::vector<float> numbers(16, 1.0F);
    numbers[5] = std::numeric_limits<float>::infinity();
    std::array<std::int8_t, 16> packed{};
    EXPECT_TRUE(std::isnan(kernel.pack(numbers.data(), numbers.size(), packed.data()))) << kernel.name;
  }
}

TEST(StepKernels, two_halves_are_a_step) {
  constexpr std::size_t kLength = 32;
  for (const StepKernel& kernel : all_step_kernels()) {
    for (const std::size_t inputs : {1, 3}) {
      std::array<std::vector<float>, 2> rows{drawn(8 * kLength, 5, 1), drawn(8 * kLength, 5, 1)};
      std::array<float, 2> losses{};
      for (const std::size_t halves : {0, 1}) {
        std::vector<float*> in;
        std::vector<float*> out;
        for (std::size_t i = 0; i < 8; ++i) (i < inputs ? in : out).push_back(rows[halves].data() + i * kLength);
        std::vector<float> scratch(2 * kLength);
        const StepRows<float> step{
            .inputs = in, .outputs = out, .played = 3, .noise_weight = 2, .length = kLength, .scratch = scratch.data()};
        const StepSize size{.rate = 0.1F, .damping = 16};
        std::vector<float> dots(out.size() + 1);
        if (halves == 1) kernel.dots(step, dots.data());
        losses[halves] = halves == 1 ? kernel.finish(step, size, dots.data()) : kernel.step(step, size);
      }
      EXPECT_EQ(rows[0], rows[1]) << kernel.name;
      EXPECT_EQ(losses[0], losses[1]) << kernel.name;
    }
  }
}

TrainOptions options_by_columns() {
  TrainOptions options = options_of_run();
  options.dim = 48;
  return options;
}

// The same examples from the same start, in steps a batch late.
TEST(Columns, learn_what_one_process_learns_every_time) {
  for (const Precision precision : {Precision::f32, Precision::bf16}) {
    TrainOptions options = options_by_columns();
    options.precision = precision;
    const EpochReport wanted = train_by(1, options)->of_ranks[0].epochs.back();
    const auto first = train_by(3, options, nullptr, corpus(), Shard::columns);
    const auto again = train_by(3, options, nullptr, corpus(), Shard::columns);
    expect_same_vectors(again->of_ranks[0], first->of_ranks[0]);
    const EpochReport& found = first->of_ranks[0].epochs.back();
    EXPECT_EQ(found.plays, wanted.plays);
    EXPECT_EQ(found.pairs, wanted.pairs);
    EXPECT_NEAR(found.sample_loss, wanted.sample_loss, 0.05);
    EXPECT_EQ(first->of_ranks[0].vectors.columns(), 48U);
    EXPECT_EQ(first->of_ranks[1].vectors.rows(), 0U);
  }
}

TEST(Columns, continue_from_any_checkpoint_to_the_same_bytes) {
  const auto whole = train_by(3, options_by_columns(), nullptr, corpus(), Shard::columns);
  ASSERT_GE(whole->checkpoints.kept.size(), 3U);
  for (std::size_t i = 0; i < whole->checkpoints.kept.size(); ++i) {
    whole->checkpoints.from = i;
    const auto resumed = train_by(3, options_by_columns(), &whole->checkpoints, corpus(), Shard::columns);
    expect_same_vectors(resumed->of_ranks[0], whole->of_ranks[0]);
    EXPECT_EQ(resumed->of_ranks[0].epochs.back().sample_loss, whole->of_ranks[0].epochs.back().sample_loss);
  }
  whole->checkpoints.from = 1;
  for (const std::size_t ranks : {1, 2}) {  // rows
    const auto resumed = train_by(ranks, options_by_columns(), &whole->checkpoints);
    EXPECT_EQ(resumed->of_ranks[0].epochs.back().pairs, whole->of_ranks[0].epochs.back().pairs);
  }
}

TEST(Columns, with_several_threads_and_cbow) {
  TrainOptions options = options_by_columns();
  options.architecture = Architecture::cbow;
  options.threads = 2;
  const auto run = train_by(3, options, nullptr, corpus(), Shard::columns);
  const EpochReport wanted = train_by(1, options)->of_ranks[0].epochs.back();
  EXPECT_EQ(run->of_ranks[0].epochs.back().pairs, wanted.pairs);
  EXPECT_NEAR(run->of_ranks[0].epochs.back().sample_loss, wanted.sample_loss, 0.1);
}

TEST(Columns, that_cannot_be_shared_out_are_refused) {
  EXPECT_ERROR(train_by(2, options_of_run(), nullptr, corpus(), Shard::columns), ErrorCode::wrong_use,
               "--shard columns: expected a --dim that is a multiple of 32 (16 for each of 2 ranks), found 10");
}

TEST(RankRounds, each_block_is_of_one_rank) {
  const std::vector<std::uint32_t> order = block_order(50, 1, 0);
  for (const bool sharded : {false, true}) {
    std::vector<std::uint32_t> shards;
    for (std::uint32_t block = 0; sharded && block < 50; ++block) shards.push_back(block < 30 ? 0 : block < 45 ? 1 : 2);
    const std::vector<std::uint32_t> spread = spread_shards(order, shards);
    EXPECT_THAT(spread, ::testing::UnorderedElementsAreArray(order));
    std::vector<std::uint32_t> found;
    for (std::size_t rank = 0; rank < 2; ++rank) {
      const RankRounds rounds{.rank = rank, .ranks = 2, .blocks_each = 5, .shards = shards};
      for (std::size_t begin = 0; begin < 50; begin += rounds.blocks()) {
        const auto mine = rounds.mine(spread, begin, begin + rounds.blocks());
        EXPECT_GT(mine.size(), 0U);
        for (const std::uint32_t block : mine) EXPECT_TRUE(!sharded || shards[block] % 2 == rank);
        found.insert(found.end(), mine.begin(), mine.end());
      }
    }
    EXPECT_THAT(found, ::testing::UnorderedElementsAreArray(order));
  }
}

TEST(ExchangePlan, frequent_songs_are_exchanged_often) {
  const ExchangePlan plan{.round_plays = 10'000, .meetings = 4, .rounds_to_whole = 32, .rounds_of_epoch = 100};
  EXPECT_EQ(plan.rounds_between(1000), 1U);
  EXPECT_EQ(plan.rounds_between(4), 1U);
  EXPECT_EQ(plan.rounds_between(3), 2U);
  EXPECT_EQ(plan.rounds_between(1), 4U);
  EXPECT_EQ(plan.rounds_between(0), 32U);
}

// What exchanges cost is bounded where the log is large for its songs, and a small log is exchanged more often.
TEST(ExchangePlan, keeps_to_its_share_of_the_time) {
  const auto plan_for = [](std::size_t songs, double plays_of_song, std::uint64_t exchange_plays) {
    return plan_exchange(std::vector<double>(songs, plays_of_song), 2, 1, exchange_plays);
  };
  EXPECT_EQ(plan_for(1000, 2000, 0).round_plays, 25'000U);
  EXPECT_EQ(plan_for(1000, 200, 0).round_plays, 20'000U);
  EXPECT_EQ(plan_for(100'000, 2000, 0).round_plays, 250'000U);
  EXPECT_EQ(plan_for(1000, 2000, 70'000).round_plays, 70'000U);
  EXPECT_EQ(plan_exchange(std::vector<double>(1000, 2000), 2, 8, 0).round_plays, 320'000U);
  for (const std::size_t songs : {10'000, 1'000'000}) {
    const ExchangePlan plan = plan_for(songs, 1000, 0);
    const double met = 2 * static_cast<double>(plan.round_plays) / static_cast<double>(songs);
    const double rows_of_round = 2 * static_cast<double>(songs) / static_cast<double>(plan.rounds_between(met));
    EXPECT_LE(2 * rows_of_round, 0.05 * static_cast<double>(plan.round_plays)) << songs;
    EXPECT_GE(2 * rows_of_round, 0.005 * static_cast<double>(plan.round_plays)) << songs;
  }
}

}  // namespace
}  // namespace segue::train
