// Epochs: each deals the blocks of queues, in an order of its own, to the workers and waits for all of them.

#include "segue/train/trainer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/train/examples.h"
#include "segue/train/schedule.h"
#include "segue/train/worker.h"

namespace segue {

namespace {

constexpr std::uint64_t kPlaysInBlock = 10'000;
constexpr std::size_t kRowsAtOnce = 4096;

void check(const Queues& queues, const Vocabulary& vocabulary, const TrainOptions& options) {
  if (options.min_learning_rate > options.learning_rate) {
    fail(ErrorCode::wrong_use, "--min-learning-rate: expected at most --learning-rate ({}), found {}",
         options.learning_rate, options.min_learning_rate);
  }
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    const auto known = [&](std::uint32_t song) { return song < vocabulary.size; };
    if (std::ranges::count_if(queues.songs(queue), known) >= 2) return;
  }
  fail(ErrorCode::bad_input,
       "expected a queue with two plays of songs that have min_plays ({}), found none in {} queues", options.min_plays,
       queues.size());
}

// Each row has its own stream, so threads make no difference.
Matrix initial_vectors(std::uint32_t songs, const TrainOptions& options, std::size_t threads) {
  Matrix matrix(songs, options.dim);
  const MatrixView<float> view = matrix.view();
  const float range = 2 * kInitialReach / std::sqrt(static_cast<float>(options.dim));
  parallel_for(songs, kRowsAtOnce, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t song = begin; song < end; ++song) {
      Random random = random_stream(options.seed, Draw::initial_vectors, 0, song);
      for (float& number : view[song]) number = (random.uniform_float() - 0.5F) * range;
    }
  });
  return matrix;
}

// What the workers share beside the rows.
class Training {
 public:
  Training(const StepKernel& kernel, const Queues& queues, const Vocabulary& vocabulary, const TrainOptions& options,
           Progress& progress, std::stop_token stop)
      : kernel_(kernel),
        queues_(queues),
        vocabulary_(vocabulary),
        options_(options),
        progress_(progress),
        stop_(std::move(stop)),
        blocks_(cut_into_blocks(queues, kPlaysInBlock)),
        threads_(std::min(thread_count(options.threads), blocks_.size())),
        plays_total_(options.epochs * vocabulary.plays) {}

  std::size_t threads() const { return threads_; }

  std::vector<EpochReport> run(const SharedRows& rows) {
    std::vector<Worker> workers(threads_, Worker(kernel_, rows));
    std::vector<EpochReport> reports;
    progress_.begin("train", plays_total_, "plays");
    for (std::uint32_t epoch = 0; epoch < options_.epochs; ++epoch) reports.push_back(run_epoch(epoch, workers));
    progress_.end();
    return reports;
  }

 private:
  EpochReport run_epoch(std::uint32_t epoch, std::vector<Worker>& workers) {
    const auto started = std::chrono::steady_clock::now();
    const std::vector<std::uint32_t> order = block_order(blocks_.size(), options_.seed, epoch);
    std::atomic<std::size_t> next{0};
    BlockReport sum;
    run_workers(threads_, [&](std::size_t worker) {
      for (std::size_t i = next++; i < order.size() && !stop_.stop_requested(); i = next++) {
        ExampleStream stream(queues_, vocabulary_, options_, epoch, order[i], blocks_[order[i]]);
        const BlockReport block = workers[worker].train(stream, options_, plays_done_, plays_total_);
        plays_done_ += block.plays_seen;
        add(block, epoch, sum);
      }
    });
    if (stop_.stop_requested()) fail(ErrorCode::interrupted, "training stopped in epoch {}", epoch + 1);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
    const EpochReport report{epoch + 1, mean_loss(sum), sum.pairs, sum.plays_kept, taken.count()};
    if (!std::isfinite(report.mean_loss)) {
      fail(ErrorCode::wrong_use, "learning_rate: expected one at which the loss stays finite, found {} (epoch {})",
           options_.learning_rate, epoch + 1);
    }
    return report;
  }

  // 0 where subsampling left nothing to train.
  static double mean_loss(const BlockReport& sum) {
    return sum.pairs == 0 ? 0 : sum.loss / static_cast<double>(sum.pairs);
  }

  void add(const BlockReport& block, std::uint32_t epoch, BlockReport& sum) {
    const std::lock_guard lock(mutex_);
    sum.loss += block.loss;
    sum.pairs += block.pairs;
    sum.plays_kept += block.plays_kept;
    const std::uint64_t done = plays_done_;
    progress_.update(done, fmt::format("epoch {}/{}, loss {:.3f}, rate {:.5f}", epoch + 1, options_.epochs,
                                       mean_loss(sum), learning_rate_at(options_, done, plays_total_)));
  }

  const StepKernel& kernel_;
  const Queues& queues_;
  const Vocabulary& vocabulary_;
  const TrainOptions& options_;
  Progress& progress_;
  std::stop_token stop_;
  std::vector<Block> blocks_;
  std::size_t threads_;
  std::uint64_t plays_total_;
  std::atomic<std::uint64_t> plays_done_{0};
  std::mutex mutex_;  // guards the epoch's sum and progress_
};

}  // namespace

TrainedVectors train_vectors_with(const StepKernel& kernel, const Queues& queues, std::span<const std::uint64_t> plays,
                                  const TrainOptions& options, Progress& progress, std::stop_token stop) {
  SEGUE_ASSERT(options.dim > 0 && options.window > 0 && options.epochs > 0 && options.negatives < kMaxOutputs);
  const Vocabulary vocabulary = make_vocabulary(plays, options);
  check(queues, vocabulary, options);
  Training training(kernel, queues, vocabulary, options, progress, std::move(stop));
  TrainedVectors trained;
  trained.vectors = initial_vectors(vocabulary.size, options, training.threads());
  trained.context = Matrix(vocabulary.size, options.dim);
  trained.epochs = training.run(SharedRows(trained.vectors.view(), trained.context.view()));
  return trained;
}

TrainedVectors train_vectors(const Queues& queues, std::span<const std::uint64_t> plays, const TrainOptions& options,
                             Progress& progress, std::stop_token stop) {
  return train_vectors_with(best_step_kernel(), queues, plays, options, progress, std::move(stop));
}

}  // namespace segue
