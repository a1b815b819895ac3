#include "segue/train/columns.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <deque>
#include <functional>
#include <iterator>
#include <list>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/train/epochs.h"
#include "segue/train/examples.h"
#include "segue/train/initial_vectors.h"
#include "segue/train/loss_sample.h"
#include "segue/train/rank_rounds.h"
#include "segue/train/schedule.h"
#include "segue/train/sums.h"
#include "segue/train/worker.h"

namespace segue::train {

namespace {

// A batch takes a few examples from each of many blocks. Examples that follow each other share songs, all the more
// where a song is played again and again, and steps that do not know of each other would overshoot. Measured:
// docs/distributed.md.
constexpr std::size_t kExamplesOfBlock = 8;
constexpr std::size_t kBlocksAtOnce = 512;
// Between two looks at whether to stop, or to write a checkpoint.
constexpr std::size_t kBlocksInStretch = 2 * kBlocksAtOnce;
constexpr std::size_t kRowsInMessage = 8192;
// Examples whose rows are on their way into the cache.
constexpr std::size_t kFetchedAhead = 4;

std::size_t columns_of(const Communicator& ranks, const TrainOptions& options) {
  const std::size_t unit = kColumnsAtOnce * ranks.ranks();
  if (options.dim % unit != 0) {
    fail(ErrorCode::wrong_use,
         "--shard columns: expected a --dim that is a multiple of {} ({} for each of {} ranks), found {}", unit,
         kColumnsAtOnce, ranks.ranks(), options.dim);
  }
  return options.dim / ranks.ranks();
}

// Examples that go through their two halves together.
struct Batch {
  struct Item {
    std::uint32_t inputs = 0;
    std::uint32_t outputs = 0;
    std::uint32_t played = 0;
    float noise_weight = 0;
    float rate = 0;
  };
  std::vector<Item> items;
  std::vector<std::uint32_t> songs;  // of each item its inputs, then its outputs
  std::vector<float> dots;           // of each item its outputs, then |h|^2

  void clear() {
    items.clear();
    songs.clear();
    dots.clear();
  }
};

// The blocks of one thread: the examples that they make, in batches.
template <class Number>
class Lane {
 public:
  Lane(const StepKernel& kernel, const SharedRows<Number>& rows, const data::Queues& queues,
       const Vocabulary& vocabulary, const TrainOptions& options, std::span<const Block> blocks)
      : dots_(kernel.dots_for<Number>()),
        finish_(kernel.finish_for<Number>()),
        damping_(static_cast<float>(damping_of(options))),
        rows_(rows),
        queues_(queues),
        vocabulary_(vocabulary),
        options_(options),
        blocks_(blocks),
        scratch_(2 * rows.length()) {}

  // Of the epoch; `plays_done` is the progress of training, of which this lane does one part of `lanes`.
  void start(std::vector<std::uint32_t> numbers, std::uint32_t epoch, std::uint64_t plays_done,
             std::uint64_t plays_total, std::size_t lanes) {
    numbers_ = std::move(numbers);
    next_ = 0;
    epoch_ = epoch;
    plays_before_ = plays_done;
    plays_total_ = plays_total;
    lanes_ = lanes;
    report_ = {};
    if (numbers_.empty()) return;
    Random rounding = random_stream(options_.seed, Draw::rounding, epoch, numbers_.front());
    for (std::uint32_t& word : random_) word = static_cast<std::uint32_t>(rounding() >> 32) | 1U;
  }

  // Draws the next batch, empty at the end, and computes this rank's part of its dot products.
  void draw(Batch& batch) {
    batch.clear();
    while (streams_.size() < kBlocksAtOnce && next_ < numbers_.size()) {
      const std::uint32_t number = numbers_[next_++];
      streams_.emplace_back(queues_, vocabulary_, options_, epoch_, number, blocks_[number]);
    }
    const std::uint64_t done = plays_before_ + report_.plays_seen * lanes_;
    const auto rate = static_cast<float>(learning_rate_at(options_, done, plays_total_));
    for (auto stream = streams_.begin(); stream != streams_.end();) {
      const std::uint64_t seen = stream->plays_seen();
      const std::uint64_t kept = stream->plays_kept();
      std::size_t drawn = 0;
      for (; drawn < kExamplesOfBlock && stream->next(example_); ++drawn) add(batch, rate);
      report_.plays_seen += stream->plays_seen() - seen;
      report_.plays_kept += stream->plays_kept() - kept;
      stream = drawn < kExamplesOfBlock ? streams_.erase(stream) : std::next(stream);
    }
    batch.dots.resize(batch.songs.size() + batch.items.size());
    std::size_t at = 0;
    for_each(batch, [&](std::size_t, const StepRows<Number>& rows) {
      dots_(rows, batch.dots.data() + at);
      at += rows.outputs.size() + 1;
    });
    batch.dots.resize(at);
  }

  // Makes the steps, from dot products summed over the ranks.
  void finish(const Batch& batch, const float* dots) {
    std::uint64_t pairs = 0;
    std::uint64_t pairs_with_loss = 0;
    double loss = 0;
    for_each(batch, [&](std::size_t i, const StepRows<Number>& rows) {
      const bool wants_loss = i % kExamplesPerLoss == 0;
      loss += static_cast<double>(finish_(rows, {batch.items[i].rate, damping_, wants_loss}, dots));
      dots += rows.outputs.size() + 1;
      pairs += rows.played;
      if (wants_loss) pairs_with_loss += rows.played;
    });
    report_.pairs += pairs;
    if (pairs_with_loss > 0) report_.loss += loss * static_cast<double>(pairs) / static_cast<double>(pairs_with_loss);
  }

  // Since start().
  const BlockReport& report() const { return report_; }

 private:
  // The example.
  void add(Batch& batch, float rate) const {
    batch.items.push_back({.inputs = static_cast<std::uint32_t>(example_.inputs.size()),
                           .outputs = static_cast<std::uint32_t>(example_.outputs.size()),
                           .played = static_cast<std::uint32_t>(example_.played),
                           .noise_weight = example_.noise_weight,
                           .rate = rate});
    batch.songs.insert(batch.songs.end(), example_.inputs.begin(), example_.inputs.end());
    batch.songs.insert(batch.songs.end(), example_.outputs.begin(), example_.outputs.end());
  }

  // Calls body(i, rows) for each item of the batch.
  template <class Body>
  void for_each(const Batch& batch, const Body& body) {
    std::size_t fetched = 0;  // songs
    std::size_t ahead = 0;    // items
    std::size_t at = 0;
    for (std::size_t i = 0; i < batch.items.size(); ++i) {
      for (; ahead < std::min(batch.items.size(), i + kFetchedAhead); ++ahead) {
        const Batch::Item& item = batch.items[ahead];
        for (std::uint32_t j = 0; j < item.inputs; ++j) rows_.prefetch(rows_.input(batch.songs[fetched++]));
        for (std::uint32_t j = 0; j < item.outputs; ++j) rows_.prefetch(rows_.output(batch.songs[fetched++]));
      }
      const Batch::Item& item = batch.items[i];
      inputs_.clear();
      outputs_.clear();
      for (std::uint32_t j = 0; j < item.inputs; ++j) inputs_.push_back(rows_.input(batch.songs[at++]));
      for (std::uint32_t j = 0; j < item.outputs; ++j) outputs_.push_back(rows_.output(batch.songs[at++]));
      body(i, StepRows<Number>{.inputs = inputs_,
                               .outputs = outputs_,
                               .played = item.played,
                               .noise_weight = item.noise_weight,
                               .length = rows_.length(),
                               .scratch = scratch_.data(),
                               .random = random_.data()});
    }
  }

  DotsFunction<Number> dots_;
  FinishFunction<Number> finish_;
  float damping_;
  SharedRows<Number> rows_;
  const data::Queues& queues_;
  const Vocabulary& vocabulary_;
  const TrainOptions& options_;
  std::span<const Block> blocks_;
  std::vector<float> scratch_;
  std::array<std::uint32_t, kRandomWords> random_{};
  std::vector<Number*> inputs_;
  std::vector<Number*> outputs_;
  std::vector<std::uint32_t> numbers_;  // of blocks
  std::size_t next_ = 0;
  std::uint32_t epoch_ = 0;
  std::uint64_t plays_before_ = 0;
  std::uint64_t plays_total_ = 1;
  std::size_t lanes_ = 1;
  std::list<ExampleStream> streams_;
  Example example_;
  BlockReport report_;
};

template <class Number>
class ColumnTraining {
 public:
  ColumnTraining(const StepKernel& kernel, const data::Queues& queues, std::span<const std::uint64_t> plays,
                 const Vocabulary& vocabulary, const TrainOptions& options, Progress& progress, std::stop_token stop,
                 CheckpointSink* sink, const Ranks& ranks)
      : options_(options),
        progress_(progress),
        stop_(std::move(stop)),
        sink_(sink),
        ranks_(*ranks.communicator),
        scratch_(ranks.scratch),
        columns_(columns_of(ranks_, options)),
        blocks_(cut_into_blocks(queues, kPlaysInBlock, options.own_weight)),
        shards_(shards_of(queues, blocks_)),
        threads_(thread_count(options.threads)),
        plays_total_(options.epochs * vocabulary.plays),
        vectors_(vocabulary.size, columns_),
        context_(vocabulary.size, columns_),
        sums_(ranks_) {
    // All ranks draw alike, for the one with the most threads.
    const std::size_t most = std::ranges::max(share_value(ranks_, std::uint64_t{threads_}));
    const SharedRows<Number> rows(vectors_.view(), context_.view());
    for (std::size_t i = 0; i < std::min(most, blocks_.size()); ++i) {
      lanes_.emplace_back(kernel, rows, queues, vocabulary, options, blocks_);
    }
    if (ranks_.rank() == 0) sample_ = draw_loss_sample(queues, plays.first(vocabulary.size), threads_);
    share_sample();
  }

  TrainedVectors run(const CheckpointSource* source, const StartRows& start) {
    TrainingPosition position;
    const std::size_t first = ranks_.rank() * columns_;
    if (source != nullptr) {
      position = resumed(*source, blocks_.size(), plays_total_, options_);
      source->load({own_bytes(vectors_.view()), own_bytes(context_.view())});
    } else {
      position.blocks = blocks_.size();
      set_initial_vectors(vectors_.view(), first, options_, threads_);
      position.untrained_loss = sample_loss();
      if (start) set_start(vectors_.view(), context_.view(), first, start, options_, threads_);
    }
    plays_before_ = position.plays_done;
    progress_.begin("train", plays_total_ - plays_before_, "plays");
    while (position.epochs.size() < options_.epochs) {
      train_epoch(position);
      end_epoch(position, sample_loss(), options_);
    }
    progress_.end();
    math::MatrixOf<Number> vectors = whole(vectors_.view());
    math::MatrixOf<Number> context = whole(context_.view());
    // A step after training may still fail.
    if (sink_ != nullptr) sink_->write(position, {row_bytes_of(vectors.view()), row_bytes_of(context.view())});
    return {.vectors = std::move(vectors),
            .context = std::move(context),
            .epochs = std::move(position.epochs),
            .untrained_loss = position.untrained_loss,
            .exchange = sums_.report()};
  }

 private:
  struct Wish {
    bool stop = false;
    bool checkpoint = false;
  };

  void train_epoch(TrainingPosition& position) {
    const auto epoch = static_cast<std::uint32_t>(position.epochs.size());
    const std::vector<std::uint32_t> order = spread_shards(block_order(blocks_.size(), options_.seed, epoch), shards_);
    while (position.blocks_done < order.size()) {
      const auto started = std::chrono::steady_clock::now();
      const std::size_t end = std::min(order.size(), position.blocks_done + kBlocksInStretch * lanes_.size());
      train_stretch(std::span(order).subspan(position.blocks_done, end - position.blocks_done), epoch,
                    position.plays_done);
      position.blocks_done = end;
      for (const Lane<Number>& lane : lanes_) {
        position.plays_done += lane.report().plays_seen;
        position.plays_kept += lane.report().plays_kept;
        position.pairs += lane.report().pairs;
        position.loss_sum += lane.report().loss;
      }
      position.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
      progress_.update(position.plays_done - plays_before_,
                       fmt::format("epoch {}/{}, loss {:.3f}, rate {:.5f}", epoch + 1, options_.epochs,
                                   mean_loss(position), learning_rate_at(options_, position.plays_done, plays_total_)));
      heed_wishes(position);
    }
  }

  // While the sums of one batch are made, the steps of the one before it are made, and the next one is drawn.
  void train_stretch(std::span<const std::uint32_t> numbers, std::uint32_t epoch, std::uint64_t plays_done) {
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      std::vector<std::uint32_t> mine;
      for (std::size_t j = i; j < numbers.size(); j += lanes_.size()) mine.push_back(numbers[j]);
      lanes_[i].start(std::move(mine), epoch, plays_done, plays_total_, lanes_.size());
    }
    std::size_t now = 0;
    draw(rounds_[now]);
    if (!rounds_[now].dots.empty()) sums_.begin(rounds_[now].dots);
    while (!rounds_[now].dots.empty()) {
      Round& next = rounds_[1 - now];
      draw(next);
      sums_.wait();
      if (!next.dots.empty()) sums_.begin(next.dots);
      finish(rounds_[now]);
      now = 1 - now;
    }
  }

  // A batch of each lane.
  struct Round {
    std::vector<Batch> batches;
    std::vector<float> dots;  // of all of them
  };

  void draw(Round& round) {
    round.batches.resize(lanes_.size());
    parallel_for(lanes_.size(), 1, threads_, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) lanes_[i].draw(round.batches[i]);
    });
    round.dots.clear();
    for (const Batch& batch : round.batches) round.dots.insert(round.dots.end(), batch.dots.begin(), batch.dots.end());
  }

  void finish(const Round& round) {
    std::vector<const float*> starts;
    const float* at = round.dots.data();
    for (const Batch& batch : round.batches) {
      starts.push_back(at);
      at += batch.dots.size();
    }
    parallel_for(lanes_.size(), 1, threads_, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) lanes_[i].finish(round.batches[i], starts[i]);
    });
  }

  // Of any rank to stop, and of rank 0 to write a checkpoint.
  void heed_wishes(const TrainingPosition& position) {
    const Wish mine{.stop = stop_.stop_requested(), .checkpoint = sink_ != nullptr && sink_->due()};
    const std::vector<Wish> wishes = share_value(ranks_, mine);
    const auto stopped = std::ranges::find_if(wishes, &Wish::stop);
    if (stopped != wishes.end() || wishes.front().checkpoint) {
      math::MatrixOf<Number> vectors = whole(vectors_.view());
      math::MatrixOf<Number> context = whole(context_.view());
      if (sink_ != nullptr) sink_->write(position, {row_bytes_of(vectors.view()), row_bytes_of(context.view())});
    }
    if (stopped != wishes.end()) {
      fail(ErrorCode::interrupted, "training stopped in epoch {}, by rank {}", position.epochs.size() + 1,
           stopped - wishes.begin());
    }
  }

  RowBytes own_bytes(math::MatrixView<Number> view) const {
    RowBytes bytes = row_bytes_of(view);
    bytes.skipped_bytes = ranks_.rank() * bytes.row_bytes;
    bytes.whole_row_bytes = ranks_.ranks() * bytes.row_bytes;
    return bytes;
  }

  // Hands `mine` to rank 0, which gets as much from every rank, in `all` by rank; its own too.
  void gather(std::span<const Number> mine, std::vector<Number>& all) {
    const bool first = ranks_.rank() == 0;
    std::vector<BytesView> out(ranks_.ranks());
    std::vector<std::span<std::byte>> in(ranks_.ranks());
    all.resize(first ? mine.size() * ranks_.ranks() : 0);
    if (first) std::ranges::copy(mine, all.begin());
    if (!first) out[0] = std::as_bytes(mine);
    for (std::size_t r = 1; first && r < ranks_.ranks(); ++r) {
      in[r] = std::as_writable_bytes(std::span(all).subspan(r * mine.size(), mine.size()));
    }
    ranks_.pass(out, in);
  }

  // Writes the rows that gather() brought one after another.
  void assemble(const std::vector<Number>& all, std::size_t rows, const std::function<Number*(std::size_t row)>& to) {
    for (std::size_t r = 0; r < ranks_.ranks(); ++r) {
      for (std::size_t row = 0; row < rows; ++row) {
        std::memcpy(to(row) + r * columns_, all.data() + (r * rows + row) * columns_, columns_ * sizeof(Number));
      }
    }
  }

  // All columns, at rank 0: in a file, for its memory may not hold them. REQUIRES: rows without padding.
  math::MatrixOf<Number> whole(math::MatrixView<Number> own) {
    math::MatrixOf<Number> found;
    if (ranks_.rank() == 0) found = math::MatrixOf<Number>(own.rows, options_.dim, scratch_);
    std::vector<Number> all;
    for (std::size_t begin = 0; begin < own.rows; begin += kRowsInMessage) {
      const std::size_t rows = std::min(kRowsInMessage, own.rows - begin);
      gather({own.row(begin), rows * columns_}, all);
      if (ranks_.rank() == 0) {
        assemble(all, rows, [&](std::size_t row) { return found.view().row(begin + row); });
      }
    }
    return found;
  }

  // The songs whose rows the loss sample reads, of W1 and of W2, known to all ranks.
  void share_sample() {
    for (const SampledPair& pair : sample_.pairs) {
      const std::span context(pair.context.data(), pair.context_size);
      const bool cbow = options_.architecture == Architecture::cbow;
      if (cbow) sampled_[0].insert(sampled_[0].end(), context.begin(), context.end());
      if (!cbow) sampled_[0].push_back(pair.centre);
      sampled_[1].push_back(cbow ? pair.centre : pair.neighbour);
      sampled_[1].insert(sampled_[1].end(), pair.noise.begin(), pair.noise.end());
    }
    for (std::vector<std::uint32_t>& songs : sampled_) {
      std::ranges::sort(songs);
      songs.erase(std::ranges::unique(songs).begin(), songs.end());
      const std::vector<Bytes> of_ranks = ranks_.share(std::as_bytes(std::span(songs)));
      if (ranks_.rank() == 0) continue;
      songs.resize(of_ranks[0].size() / sizeof(std::uint32_t));
      if (!songs.empty()) std::memcpy(songs.data(), of_ranks[0].data(), songs.size() * sizeof(std::uint32_t));
    }
  }

  // At rank 0; 0 elsewhere.
  double sample_loss() {
    std::array<math::MatrixOf<Number>, 2> rows;
    std::vector<Number> mine;
    std::vector<Number> all;
    for (std::size_t m = 0; m < rows.size(); ++m) {
      const math::MatrixView<Number> own = m == 0 ? vectors_.view() : context_.view();
      mine.clear();
      for (const std::uint32_t song : sampled_[m]) mine.insert(mine.end(), own[song].begin(), own[song].end());
      gather(mine, all);
      if (ranks_.rank() != 0) continue;
      rows[m] = math::MatrixOf<Number>(sampled_[m].size(), options_.dim);
      assemble(all, sampled_[m].size(), [&](std::size_t row) { return rows[m].view().row(row); });
    }
    if (ranks_.rank() != 0) return 0;
    const auto reader = [&](std::size_t m) -> ReadRow {
      return [read = read_rows_of(rows[m].view()), &songs = sampled_[m]](std::uint32_t song, float* scratch) {
        return read(static_cast<std::uint32_t>(std::ranges::lower_bound(songs, song) - songs.begin()), scratch);
      };
    };
    return train::mean_loss(sample_, options_.architecture, reader(0), reader(1), options_.dim, threads_);
  }

  const TrainOptions& options_;
  Progress& progress_;
  std::stop_token stop_;
  CheckpointSink* sink_;
  Communicator& ranks_;
  std::filesystem::path scratch_;
  std::size_t columns_;  // of each rank
  std::vector<Block> blocks_;
  std::vector<std::uint32_t> shards_;  // of the blocks
  std::size_t threads_;
  std::uint64_t plays_total_;
  math::MatrixOf<Number> vectors_;  // this rank's columns
  math::MatrixOf<Number> context_;
  std::deque<Lane<Number>> lanes_;
  std::array<Round, 2> rounds_;
  LossSample sample_;                                  // at rank 0
  std::array<std::vector<std::uint32_t>, 2> sampled_;  // songs, ascending
  std::uint64_t plays_before_ = 0;
  RankSums sums_;
};

}  // namespace

template <class Number>
TrainedVectors train_columns(const StepKernel& kernel, const data::Queues& queues, std::span<const std::uint64_t> plays,
                             const Vocabulary& vocabulary, const TrainOptions& options, Progress& progress,
                             const std::stop_token& stop, const Checkpoints& checkpoints, const Start& start,
                             const Ranks& ranks) {
  ColumnTraining<Number> training(kernel, queues, plays, vocabulary, options, progress, stop, checkpoints.sink, ranks);
  return training.run(checkpoints.source, start.rows);
}

template TrainedVectors train_columns<float>(const StepKernel&, const data::Queues&, std::span<const std::uint64_t>,
                                             const Vocabulary&, const TrainOptions&, Progress&, const std::stop_token&,
                                             const Checkpoints&, const Start&, const Ranks&);
template TrainedVectors train_columns<math::Bf16>(const StepKernel&, const data::Queues&,
                                                  std::span<const std::uint64_t>, const Vocabulary&,
                                                  const TrainOptions&, Progress&, const std::stop_token&,
                                                  const Checkpoints&, const Start&, const Ranks&);

}  // namespace segue::train
