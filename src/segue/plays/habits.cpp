#include "segue/plays/habits.h"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "segue/base/random.h"
#include "segue/data/dataset/queues.h"

namespace segue::plays {

namespace {

// Rates of return are known well from so many plays.
constexpr std::uint64_t kPlaysOfReturns = 20'000'000;

void count_trend(const data::Queues& queues, std::uint32_t song_count, Habits& habits) {
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    if (const auto start = queues.start(queue)) habits.until = std::max(habits.until.value_or(*start), *start);
  }
  if (!habits.until) return;
  habits.trend.resize(song_count);
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    const std::optional<std::int64_t> start = queues.start(queue);
    if (!start) continue;
    const TrendPlays weight = decay_over(*habits.until - *start);
    for (const data::SongRow song : queues.songs(queue)) {
      if (song >= song_count) continue;
      for (std::size_t i = 0; i < weight.size(); ++i) habits.trend[song][i] += weight[i];
    }
  }
}

void count_returns(const data::Queues& queues, std::uint32_t song_count, bool listeners_return, Habits& habits) {
  ReturnCounts counts;
  std::vector<data::SongRow> songs;
  const double share =
      static_cast<double>(kPlaysOfReturns) / static_cast<double>(std::max<std::uint64_t>(1, queues.plays()));
  std::vector<std::size_t> mine;
  for (std::size_t first = 0; first < queues.own();) {
    std::size_t end = first + 1;
    if (listeners_return && !queues.user(first).empty()) {
      while (end < queues.own() && queues.user(end) == queues.user(first)) ++end;
    }
    Random random(0, first);
    if (share >= 1 || random.uniform() < share) {
      mine.resize(end - first);
      std::iota(mine.begin(), mine.end(), first);
      std::ranges::stable_sort(mine, {}, [&](std::size_t queue) { return queues.start(queue); });
      songs.clear();
      for (const std::size_t queue : mine) {
        std::ranges::copy_if(queues.songs(queue), std::back_inserter(songs),
                             [&](data::SongRow song) { return song < song_count; });
      }
      counts.add(songs);
    }
    first = end;
  }
  habits.returns = counts.rates();
}

}  // namespace

Habits count_habits(const data::Queues& queues, std::uint32_t song_count, bool listeners_return) {
  Habits habits;
  count_trend(queues, song_count, habits);
  count_returns(queues, song_count, listeners_return, habits);
  return habits;
}

TrendUntil::TrendUntil(std::vector<TrendPlays> plays) : plays_(std::move(plays)) {
  for (const TrendPlays& song : plays_) {
    for (std::size_t i = 0; i < mean_.size(); ++i) mean_[i] += song[i] / static_cast<float>(plays_.size());
  }
  leaders_ = leaders_of(static_cast<std::uint32_t>(plays_.size()), [this](data::SongRow song) { return plays_[song]; });
}

}  // namespace segue::plays
