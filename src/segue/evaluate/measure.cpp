#include "segue/evaluate/measure.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/index/batch.h"
#include "segue/math/kernels/kernels.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kAtOnce = index::kBatchQueries;

// 1 - the mean cosine of two different songs: |sum of n unit vectors|^2 = n + sum of the n (n - 1) cosines.
float diversity_of(std::span<const math::ScoredRow> list, math::MatrixView<const float> unit_vectors,
                   std::vector<float>& sum) {
  const std::size_t n = std::min<std::size_t>(kCutoffs[0], list.size());
  if (n < 2) return 0;
  sum.assign(unit_vectors.columns, 0);
  for (const math::ScoredRow& song : list.first(n)) {
    math::best_kernels().axpy(1, unit_vectors.row(song.row), sum.data(), sum.size());
  }
  const auto count = static_cast<float>(n);
  return 1 - (math::best_kernels().squared_norm(sum.data(), sum.size()) - count) / (count * (count - 1));
}

// One thread's share of the work.
class Worker {
 public:
  Worker(const Method& method, const MeasurementInput& input, Measurements& measured, std::vector<float>& diversity)
      : input_(input),
        measured_(measured),
        diversity_(diversity),
        ranker_(method.ranker()),
        batch_(input.dataset, input.split, input.knowledge, input.heard),
        lists_(kAtOnce),
        counts_(kAllModes.size(), ListCounts(input.split.training.song_count())),
        last_at_(input.split.training.song_count(), 0) {}

  void run(std::size_t first, std::size_t count) {
    const std::span<const Query> queries = batch_.make(input_.positions, first, count);
    ranker_->rank(queries, kListLength, std::span(lists_).first(count));
    for (std::size_t i = 0; i < count; ++i) note(first + i, lists_[i]);
  }

  const ListCounts& counts(std::size_t mode) const { return counts_[mode]; }

 private:
  void note(std::size_t number, std::span<const math::ScoredRow> list) {
    const Position& position = input_.positions[number];
    enter_queue(position.held_out);
    Outcome& outcome = measured_.outcomes[number];
    std::uint8_t hits = 0;
    std::size_t cutoff = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
      while (i == kCutoffs[cutoff]) outcome.hits[cutoff++] = hits;
      if (list[i].row == position.target) outcome.rank = static_cast<std::uint16_t>(i + 1);
      if (last_at_[list[i].row] > position.at) ++hits;
    }
    for (; cutoff < kCutoffs.size(); ++cutoff) outcome.hits[cutoff] = hits;
    for (const Mode mode : kAllModes) {
      if (belongs(position, mode)) counts_[static_cast<std::size_t>(mode)].add(list, input_.artists);
    }
    if (input_.unit_vectors.rows > 0) diversity_[number] = diversity_of(list, input_.unit_vectors, sum_);
    const auto shown = std::ranges::lower_bound(input_.shown, static_cast<std::uint32_t>(number));
    if (shown != input_.shown.end() && *shown == number) {
      std::vector<std::uint32_t>& kept = measured_.shown[static_cast<std::size_t>(shown - input_.shown.begin())];
      for (const math::ScoredRow& song : list.first(std::min(kShownSongs, list.size()))) kept.push_back(song.row);
    }
  }

  // last_at_[song]: 1 + the last place of the song in the current queue, 0 if it is not in it.
  void enter_queue(std::uint32_t held_out) {
    if (held_out == queue_) return;
    set_last(queue_, false);
    set_last(queue_ = held_out, true);
  }
  void set_last(std::uint32_t held_out, bool is_there) {
    if (held_out == kNobody) return;
    const HeldOutQueue& queue = input_.split.held_out[held_out];
    const std::span<const std::uint32_t> songs = input_.dataset.queues.songs(queue.queue);
    for (std::uint32_t at = 0; at < queue.end; ++at) {
      const std::uint32_t song = input_.split.songs[songs[at]];
      if (song != kUnknownSong) last_at_[song] = is_there ? at + 1 : 0;
    }
  }

  const MeasurementInput& input_;
  Measurements& measured_;
  std::vector<float>& diversity_;
  std::unique_ptr<Ranker> ranker_;
  QueryBatch batch_;
  std::vector<std::vector<math::ScoredRow>> lists_;
  std::vector<ListCounts> counts_;
  std::vector<std::uint32_t> last_at_;
  std::uint32_t queue_ = kNobody;
  std::vector<float> sum_;
};

// Summed in the order of positions, so that the last digit does not depend on the threads.
void add_diversity(std::span<const Position> positions, std::span<const float> diversity, Measurements& measured) {
  for (const Mode mode : kAllModes) {
    double sum = 0;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (!belongs(positions[i], mode)) continue;
      sum += diversity[i];
      ++count;
    }
    if (count > 0) measured.lists[static_cast<std::size_t>(mode)].diversity = sum / static_cast<double>(count);
  }
}

}  // namespace

Measurements measure(const Method& method, const MeasurementInput& input, std::size_t threads, Progress& progress,
                     const std::stop_token& stop) {
  const std::size_t count = input.positions.size();
  Measurements measured;
  measured.outcomes.resize(count);
  measured.shown.resize(input.shown.size());
  std::vector<float> diversity(input.unit_vectors.rows > 0 ? count : 0);
  std::vector<ListCounts> totals(kAllModes.size(), ListCounts(input.split.training.song_count()));
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;  // guards progress, done and totals
  std::uint64_t done = 0;
  progress.begin(method.name(), count, "positions");
  run_workers(std::min(threads, count / kAtOnce + 1), [&](std::size_t) {
    Worker worker(method, input, measured, diversity);
    for (std::size_t first = 0; (first = next.fetch_add(kAtOnce)) < count;) {
      if (stop.stop_requested()) fail(ErrorCode::interrupted, "stopped while measuring {}", method.name());
      const std::size_t size = std::min(kAtOnce, count - first);
      worker.run(first, size);
      const std::lock_guard lock(mutex);
      progress.update(done += size, "");
    }
    const std::lock_guard lock(mutex);
    for (std::size_t mode = 0; mode < totals.size(); ++mode) totals[mode].merge(worker.counts(mode));
  });
  progress.end();
  for (std::size_t mode = 0; mode < totals.size(); ++mode) {
    measured.lists[mode] = totals[mode].statistics(input.split.training.plays);
  }
  if (!diversity.empty()) add_diversity(input.positions, diversity, measured);
  return measured;
}

}  // namespace segue::evaluate
