// Runs epochs: each assigns the blocks of queues, in its own order, to the workers and waits for all of them.

#include "segue/train/trainer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/train/columns.h"
#include "segue/train/epochs.h"
#include "segue/train/examples.h"
#include "segue/train/initial_vectors.h"
#include "segue/train/loss_sample.h"
#include "segue/train/rank_rounds.h"
#include "segue/train/row_exchange.h"
#include "segue/train/schedule.h"
#include "segue/train/worker.h"

namespace segue::train {

namespace {

void check(const data::Queues& queues, const Vocabulary& vocabulary, const TrainOptions& options) {
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

// How often each song is met in an epoch, on average, but for repeated passes over what is new.
std::vector<double> plays_in_an_epoch(const data::Queues& queues, std::span<const std::uint64_t> plays,
                                      const TrainOptions& options, const QueuePasses& passes) {
  std::vector<double> met(plays.begin(), plays.end());
  const bool has_others = queues.own() < queues.size();
  if (options.decay.count() == 0 && (options.own_weight == 1 || !has_others)) return met;
  std::ranges::fill(met, 0.0);
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    const double own = has_others && queue < queues.own() ? options.own_weight : 1;
    const double weight = own * passes.chance(queue);
    for (const std::uint32_t song : queues.songs(queue)) {
      if (song < met.size()) met[song] += weight;
    }
  }
  return met;
}

// Plays of trained songs that the repeated passes over what is new add to an epoch, on average.
std::uint64_t plays_again(const data::Queues& queues, std::uint32_t songs, const TrainOptions& options,
                          const QueuePasses& passes) {
  if (passes.is_once()) return 0;
  const bool has_others = queues.own() < queues.size();
  double again = 0;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    const double more = passes.on_average(queue) - passes.chance(queue);
    if (more <= 0) continue;
    const double own = has_others && queue < queues.own() ? options.own_weight : 1;
    const auto known = std::ranges::count_if(queues.songs(queue), [&](std::uint32_t song) { return song < songs; });
    again += own * more * static_cast<double>(known);
  }
  return static_cast<std::uint64_t>(std::llround(again));
}

// Everything that the workers share except the rows.
template <class Number>
class Training {
 public:
  Training(const StepKernel& kernel, const data::Queues& queues, std::span<const std::uint64_t> plays,
           const Vocabulary& vocabulary, const TrainOptions& options, Progress& progress, std::stop_token stop,
           CheckpointSink* sink, const Ranks& ranks)
      : kernel_(kernel),
        queues_(queues),
        plays_(plays),
        vocabulary_(vocabulary),
        options_(options),
        progress_(progress),
        stop_(std::move(stop)),
        sink_(sink),
        blocks_(cut_into_blocks(queues, kPlaysInBlock, options.own_weight)),
        shards_(shards_of(queues, blocks_)),
        threads_(std::min(thread_count(options.threads), blocks_.size())),
        plays_total_(options.epochs * vocabulary.plays),
        ranks_(ranks.communicator),
        plan_(plan_of(ranks)),
        rounds_(rounds()) {}

  std::size_t threads() const { return threads_; }
  std::size_t blocks() const { return blocks_.size(); }
  std::uint64_t plays_total() const { return plays_total_; }
  ExchangeReport exchange_report() const { return exchange_ ? exchange_->report() : ExchangeReport{}; }

  // Trains the matrices from `position` to the end. `sample_loss` computes their current loss.
  void run(math::MatrixView<Number> vectors, math::MatrixView<Number> context, TrainingPosition& position,
           const std::function<double()>& sample_loss) {
    const SharedRows<Number> rows = rows_to_share(vectors, context);
    std::vector<Worker<Number>> workers(threads_, Worker<Number>(kernel_, rows));
    const TrainingMatrices matrices{row_bytes_of(vectors), row_bytes_of(context)};
    plays_done_ = plays_before_ = position.plays_done;
    progress_.begin("train", plays_total_ - plays_before_, "plays");
    while (position.epochs.size() < options_.epochs) {
      const auto epoch = static_cast<std::uint32_t>(position.epochs.size());
      const std::vector<std::uint32_t> order =
          spread_shards(block_order(blocks_.size(), options_.seed, epoch), shards_);
      if (exchange_) {
        train_epoch_by_rounds(workers, order, matrices, position);
      } else {
        train_epoch(workers, order, matrices, position);
      }
      end_epoch(position, sample_loss(), options_);
    }
    progress_.end();
    // A step after training may still fail.
    if (sink_ != nullptr) sink_->write(position, matrices);
  }

 private:
  // How often each song is met in an epoch.
  std::vector<double> met_in_an_epoch() const {
    std::vector<double> met;
    met.reserve(vocabulary_.size);
    for (std::uint32_t song = 0; song < vocabulary_.size; ++song) {
      met.push_back(static_cast<double>(plays_[song]) * static_cast<double>(vocabulary_.keep[song]));
    }
    return met;
  }

  ExchangePlan plan_of(const Ranks& ranks) const {
    if (ranks_ == nullptr || ranks_->ranks() == 1) return {};
    // Every rank cuts the order alike, for the one with the most threads.
    const std::uint64_t most = std::ranges::max(share_value(*ranks_, std::uint64_t{threads_}));
    return plan_exchange(met_in_an_epoch(), ranks_->ranks(), most, ranks.options.exchange_plays);
  }

  RankRounds rounds() const {
    if (ranks_ == nullptr || ranks_->ranks() == 1) return {};
    return {.rank = ranks_->rank(),
            .ranks = ranks_->ranks(),
            .blocks_each = std::max<std::uint64_t>(1, plan_.round_plays / kPlaysInBlock),
            .shards = shards_};
  }

  SharedRows<Number> rows_to_share(math::MatrixView<Number> vectors, math::MatrixView<Number> context) {
    if (rounds_.ranks == 1) return {vectors, context};
    const double epochs = static_cast<double>(rounds_.blocks()) / static_cast<double>(blocks_.size());
    std::vector<double> met = met_in_an_epoch();
    for (double& often : met) often *= epochs;
    exchange_.emplace(*ranks_, vectors, context, met, plan_, options_, threads_);
    return exchange_->rows();
  }

  // Trains the remaining blocks of the epoch. Workers halt only for a checkpoint or to stop.
  void train_epoch(std::vector<Worker<Number>>& workers, std::span<const std::uint32_t> order,
                   const TrainingMatrices& matrices, TrainingPosition& position) {
    const auto epoch = static_cast<std::uint32_t>(position.epochs.size());
    do {
      position.blocks_done += train_blocks(workers, order.subspan(position.blocks_done), epoch, position);
      position.plays_done = plays_done_;
      const bool stopped = stop_.stop_requested();  // read once: whoever stops gets a checkpoint
      if ((halt_ || stopped) && sink_ != nullptr) sink_->write(position, matrices);
      if (stopped) fail(ErrorCode::interrupted, "training stopped in epoch {}", epoch + 1);
    } while (position.blocks_done < order.size());
  }

  // The same by several ranks: while a round is trained, the changes of the one before are exchanged. A rank without
  // blocks in a round takes part in its exchange.
  void train_epoch_by_rounds(std::vector<Worker<Number>>& workers, std::span<const std::uint32_t> order,
                             const TrainingMatrices& matrices, TrainingPosition& position) {
    const auto epoch = static_cast<std::uint32_t>(position.epochs.size());
    while (position.blocks_done < order.size()) {
      const std::size_t end = std::min(order.size(), position.blocks_done + rounds_.blocks());
      Round round{.epoch = epoch, .number = rounds_.number(end)};
      round.whole = end == order.size() || round.number % plan_.rounds_to_whole == 0;
      train_blocks(workers, rounds_.mine(order, position.blocks_done, end), epoch, position);
      end_exchange(position);
      position.blocks_done = end;
      own_.stopped = stop_.stop_requested();
      exchange_->begin(round, std::exchange(own_, {}));
      if (!round.whole) continue;
      end_exchange(position);
      if (sink_ != nullptr && sink_->due()) sink_->write(position, matrices);
    }
  }

  void end_exchange(TrainingPosition& position) {
    if (!exchange_->under_way()) return;
    const std::vector<RankReport> reports = exchange_->end();
    for (std::size_t rank = 0; rank < reports.size(); ++rank) {
      const RankReport& report = reports[rank];
      if (report.stopped) {
        fail(ErrorCode::interrupted, "training stopped in epoch {}, by rank {}", position.epochs.size() + 1, rank);
      }
      position.plays_done += report.plays_seen;
      if (rank == rounds_.rank) continue;
      position.loss_sum += report.loss_sum;
      position.pairs += report.pairs;
      position.plays_kept += report.plays_kept;
    }
    plays_done_ = position.plays_done + own_.plays_seen * rounds_.ranks;
  }

  // Assigns the blocks with these numbers until none remain, or a halt. All assigned blocks are finished, so the
  // finished ones are the first ones. Returns how many that are.
  std::size_t train_blocks(std::vector<Worker<Number>>& workers, std::span<const std::uint32_t> numbers,
                           std::uint32_t epoch, TrainingPosition& position) {
    const auto started = std::chrono::steady_clock::now();
    std::atomic<std::size_t> next{0};
    halt_ = false;
    run_workers(threads_, [&](std::size_t worker) {
      while (!halt_ && !stop_.stop_requested()) {
        const std::size_t i = next++;
        if (i >= numbers.size()) return;
        ExampleStream stream(queues_, vocabulary_, options_, epoch, numbers[i], blocks_[numbers[i]]);
        const BlockReport block =
            workers[worker].train(stream, options_, random_stream(options_.seed, Draw::rounding, epoch, numbers[i]),
                                  plays_done_, plays_total_);
        plays_done_ += block.plays_seen * rounds_.ranks;  // the others do about as much
        add(block, epoch, position);
      }
    });
    position.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return std::min(next.load(), numbers.size());
  }

  void add(const BlockReport& block, std::uint32_t epoch, TrainingPosition& position) {
    const std::lock_guard lock(mutex_);
    position.loss_sum += block.loss;
    position.pairs += block.pairs;
    position.plays_kept += block.plays_kept;
    own_.loss_sum += block.loss;
    own_.pairs += block.pairs;
    own_.plays_kept += block.plays_kept;
    own_.plays_seen += block.plays_seen;
    const std::uint64_t done = plays_done_;
    progress_.update(done - plays_before_,
                     fmt::format("epoch {}/{}, loss {:.3f}, rate {:.5f}", epoch + 1, options_.epochs,
                                 mean_loss(position), learning_rate_at(options_, done, plays_total_)));
    if (!exchange_ && sink_ != nullptr && sink_->due()) halt_ = true;
  }

  const StepKernel& kernel_;
  const data::Queues& queues_;
  std::span<const std::uint64_t> plays_;  // of each song
  const Vocabulary& vocabulary_;
  const TrainOptions& options_;
  Progress& progress_;
  std::stop_token stop_;
  CheckpointSink* sink_;
  std::vector<Block> blocks_;
  std::vector<std::uint32_t> shards_;  // of the blocks
  std::size_t threads_;
  std::uint64_t plays_total_;
  Communicator* ranks_;
  ExchangePlan plan_;
  RankRounds rounds_;
  std::optional<RowExchange<Number>> exchange_;  // with other ranks
  RankReport own_;                               // since the last exchange began
  std::uint64_t plays_before_ = 0;               // done before this run was resumed
  std::atomic<std::uint64_t> plays_done_{0};
  std::atomic<bool> halt_{false};
  std::mutex mutex_;  // guards the sums of the position, progress_ and sink_->due()
};

template <class Number>
TrainedVectors train_as(const StepKernel& kernel, const data::Queues& queues, std::span<const std::uint64_t> plays,
                        const TrainOptions& options, Progress& progress, std::stop_token stop,
                        const Checkpoints& checkpoints, const Start& start, const Ranks& ranks) {
  QueuePasses passes(queues, options.decay, start.fresh, start.fresh_passes);
  Vocabulary vocabulary = make_vocabulary(plays, plays_in_an_epoch(queues, plays, options, passes), options);
  vocabulary.plays += plays_again(queues, vocabulary.size, options, passes);
  vocabulary.passes = std::move(passes);
  check(queues, vocabulary, options);
  if (ranks.options.shard == Shard::columns && ranks.communicator != nullptr && ranks.communicator->ranks() > 1) {
    return train_columns<Number>(kernel, queues, plays, vocabulary, options, progress, stop, checkpoints, start, ranks);
  }
  Training<Number> training(kernel, queues, plays, vocabulary, options, progress, std::move(stop), checkpoints.sink,
                            ranks);
  const std::size_t threads = training.threads();
  const LossSample sample =
      ranks.is_first() ? draw_loss_sample(queues, plays.first(vocabulary.size), threads) : LossSample{};

  math::MatrixOf<Number> vectors(vocabulary.size, options.dim);
  math::MatrixOf<Number> context(vocabulary.size, options.dim);
  const auto sample_loss = [&] {
    return mean_loss(sample, options.architecture, read_rows_of(vectors.view()), read_rows_of(context.view()),
                     options.dim, threads);
  };
  TrainingPosition position;
  if (checkpoints.source != nullptr) {
    position = resumed(*checkpoints.source, training.blocks(), training.plays_total(), options);
    checkpoints.source->load({row_bytes_of(vectors.view()), row_bytes_of(context.view())});
  } else {
    position.blocks = training.blocks();
    set_initial_vectors(vectors.view(), 0, options, threads);
    position.untrained_loss = sample_loss();
    if (start.rows) set_start(vectors.view(), context.view(), 0, start.rows, options, threads);
  }
  training.run(vectors.view(), context.view(), position, sample_loss);
  return {std::move(vectors), std::move(context), std::move(position.epochs), position.untrained_loss,
          training.exchange_report()};
}

}  // namespace

TrainedVectors train_vectors_with(const StepKernel& kernel, const data::Queues& queues,
                                  std::span<const std::uint64_t> plays, const TrainOptions& options, Progress& progress,
                                  std::stop_token stop, const Checkpoints& checkpoints, const Start& start,
                                  const Ranks& ranks) {
  SEGUE_ASSERT(options.dim > 0 && options.window > 0 && options.epochs > 0 && options.negative_block > 0);
  SEGUE_ASSERT(options.negatives + ExampleStream::kPlayedAtOnce <= kMaxOutputs);
  const auto train = options.precision == Precision::bf16 ? train_as<math::Bf16> : train_as<float>;
  return train(kernel, queues, plays, options, progress, std::move(stop), checkpoints, start, ranks);
}

TrainedVectors train_vectors(const data::Queues& queues, std::span<const std::uint64_t> plays,
                             const TrainOptions& options, Progress& progress, std::stop_token stop,
                             const Checkpoints& checkpoints, const Start& start, const Ranks& ranks) {
  return train_vectors_with(all_step_kernels().best(), queues, plays, options, progress, std::move(stop), checkpoints,
                            start, ranks);
}

}  // namespace segue::train
