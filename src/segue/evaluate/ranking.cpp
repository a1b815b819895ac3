#include "segue/evaluate/ranking.h"

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
class Asker {
 public:
  Asker(const NextSongModel& model, const Questions& questions, Answers& answers, std::vector<float>& diversity)
      : questions_(questions),
        answers_(answers),
        diversity_(diversity),
        ranker_(model.ranker()),
        batch_(questions.dataset, questions.split, questions.heard),
        lists_(kAtOnce),
        counts_(kAllModes.size(), ListCounts(questions.split.training.song_count())),
        last_at_(questions.split.training.song_count(), 0) {}

  void ask(std::size_t first, std::size_t count) {
    const std::span<const Query> queries = batch_.make(questions_.positions, first, count);
    ranker_->rank(queries, kListLength, std::span(lists_).first(count));
    for (std::size_t i = 0; i < count; ++i) note(first + i, lists_[i]);
  }

  const ListCounts& counts(std::size_t mode) const { return counts_[mode]; }

 private:
  void note(std::size_t number, std::span<const math::ScoredRow> list) {
    const Position& position = questions_.positions[number];
    enter_queue(position.held_out);
    Outcome& outcome = answers_.outcomes[number];
    std::uint8_t hits = 0;
    std::size_t cutoff = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
      while (i == kCutoffs[cutoff]) outcome.hits[cutoff++] = hits;
      if (list[i].row == position.target) outcome.rank = static_cast<std::uint16_t>(i + 1);
      if (last_at_[list[i].row] > position.at) ++hits;
    }
    for (; cutoff < kCutoffs.size(); ++cutoff) outcome.hits[cutoff] = hits;
    counts_[static_cast<std::size_t>(position.mode)].add(list, questions_.artists);
    if (questions_.unit_vectors.rows > 0) diversity_[number] = diversity_of(list, questions_.unit_vectors, sum_);
    const auto shown = std::ranges::lower_bound(questions_.shown, static_cast<std::uint32_t>(number));
    if (shown != questions_.shown.end() && *shown == number) {
      std::vector<std::uint32_t>& kept = answers_.shown[static_cast<std::size_t>(shown - questions_.shown.begin())];
      for (const math::ScoredRow& song : list.first(std::min(kShownSongs, list.size()))) kept.push_back(song.row);
    }
  }

  // last_at_[song]: 1 + the last place of the song in the queue that is asked about, 0 where it is not there.
  void enter_queue(std::uint32_t held_out) {
    if (held_out == queue_) return;
    set_last(queue_, false);
    set_last(queue_ = held_out, true);
  }
  void set_last(std::uint32_t held_out, bool is_there) {
    if (held_out == kNobody) return;
    const HeldOutQueue& queue = questions_.split.held_out[held_out];
    const std::span<const std::uint32_t> songs = questions_.dataset.queues.songs(queue.queue);
    for (std::uint32_t at = 0; at < queue.end; ++at) {
      const std::uint32_t song = questions_.split.songs[songs[at]];
      if (song != kUnknownSong) last_at_[song] = is_there ? at + 1 : 0;
    }
  }

  const Questions& questions_;
  Answers& answers_;
  std::vector<float>& diversity_;
  std::unique_ptr<Ranker> ranker_;
  QueryBatch batch_;
  std::vector<std::vector<math::ScoredRow>> lists_;
  std::vector<ListCounts> counts_;
  std::vector<std::uint32_t> last_at_;
  std::uint32_t queue_ = kNobody;
  std::vector<float> sum_;
};

// Added up in the order of positions, so that threads do not show in the last digit.
void add_diversity(std::span<const Position> positions, std::span<const float> diversity, Answers& answers) {
  for (const Mode mode : kAllModes) {
    double sum = 0;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (positions[i].mode != mode) continue;
      sum += diversity[i];
      ++count;
    }
    if (count > 0) answers.lists[static_cast<std::size_t>(mode)].diversity = sum / static_cast<double>(count);
  }
}

}  // namespace

Answers ask(const NextSongModel& model, const Questions& questions, std::size_t threads, Progress& progress,
            const std::stop_token& stop) {
  const std::size_t count = questions.positions.size();
  Answers answers;
  answers.outcomes.resize(count);
  answers.shown.resize(questions.shown.size());
  std::vector<float> diversity(questions.unit_vectors.rows > 0 ? count : 0);
  std::vector<ListCounts> totals(kAllModes.size(), ListCounts(questions.split.training.song_count()));
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;  // guards progress, done and totals
  std::uint64_t done = 0;
  progress.begin(model.name(), count, "positions");
  run_workers(std::min(threads, count / kAtOnce + 1), [&](std::size_t) {
    Asker asker(model, questions, answers, diversity);
    for (std::size_t first = 0; (first = next.fetch_add(kAtOnce)) < count;) {
      if (stop.stop_requested()) fail(ErrorCode::interrupted, "stopped while measuring {}", model.name());
      const std::size_t size = std::min(kAtOnce, count - first);
      asker.ask(first, size);
      const std::lock_guard lock(mutex);
      progress.update(done += size, "");
    }
    const std::lock_guard lock(mutex);
    for (std::size_t mode = 0; mode < totals.size(); ++mode) totals[mode].merge(asker.counts(mode));
  });
  progress.end();
  for (std::size_t mode = 0; mode < totals.size(); ++mode) {
    answers.lists[mode] = totals[mode].statistics(questions.split.training.plays);
  }
  if (!diversity.empty()) add_diversity(questions.positions, diversity, answers);
  return answers;
}

}  // namespace segue::evaluate
