// The most played songs of late: a play counts half as much as one a half-life later. Plays until the queue began
// count, those of other held-out queues among them. Applies only if queues have times.
#include <algorithm>
#include <optional>
#include <utility>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"
#include "segue/evaluate/tunable.h"
#include "segue/plays/trend.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kAlwaysRanked = 500;  // songs beside those that lead at the moment, for the end of a list

std::vector<double> half_lives() {
  return {plays::kTrendHalfLives.begin(), plays::kTrendHalfLives.end()};
}

// The songs most played of late when a queue began, best first; queries of one queue follow each other.
class RecentRanker final : public Ranker {
 public:
  // `half_lives`: of each task, an index of plays::kTrendHalfLives. Views the trend and `always`, songs.
  RecentRanker(const plays::Trend& trend, std::span<const std::uint32_t> always,
               std::array<std::size_t, kAllTasks.size()> half_lives)
      : trend_(trend), always_(always), half_lives_(half_lives) {}

  void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) override {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      lists[i].clear();
      if (!queries[i].start) continue;
      for (const math::ScoredRow& song : order_at(*queries[i].start, queries[i].task)) {
        if (lists[i].size() == k) break;
        if (!std::ranges::binary_search(queries[i].masked, song.row)) lists[i].push_back(song);
      }
    }
  }

 private:
  using Order = std::vector<math::ScoredRow>;

  const Order& order_at(std::int64_t start, Task task) {
    if (start_ != start) {
      start_ = start;
      songs_ = trend_.leaders(start);
      songs_.insert(songs_.end(), always_.begin(), always_.end());
      std::ranges::sort(songs_);
      songs_.erase(std::unique(songs_.begin(), songs_.end()), songs_.end());
      for (Order& order : orders_) order.clear();
    }
    Order& order = orders_[static_cast<std::size_t>(task)];
    if (order.empty()) {
      const std::size_t half_life = half_lives_[static_cast<std::size_t>(task)];
      for (const std::uint32_t song : songs_) order.push_back({song, trend_.of(song, start)[half_life]});
      std::ranges::sort(order, math::is_better);
    }
    return order;
  }

  const plays::Trend& trend_;
  const std::span<const std::uint32_t> always_;
  const std::array<std::size_t, kAllTasks.size()> half_lives_;
  std::optional<std::int64_t> start_;
  std::vector<std::uint32_t> songs_;
  std::array<Order, kAllTasks.size()> orders_;
};

class RecentPopularity final : public TunableMethod {
 public:
  RecentPopularity() : TunableMethod({{"half_life_days", half_lives(), plays::kTrendHalfLives[1]}}) {}

  std::string_view name() const override { return "recent"; }
  std::string_view summary() const override { return "The most played songs of late, until the queue began"; }

  bool fit(Ingredients& ingredients) override {
    trend_ = ingredients.knowledge() == nullptr ? nullptr : ingredients.knowledge()->trend();
    if (trend_ == nullptr) return false;
    always_ = leading_at_the_end(ingredients.training());
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    std::array<std::size_t, kAllTasks.size()> chosen{};
    for (const Task task : kAllTasks) {
      const auto found = std::ranges::find(plays::kTrendHalfLives, values(task)[0]);
      chosen[static_cast<std::size_t>(task)] = static_cast<std::size_t>(found - plays::kTrendHalfLives.begin());
    }
    return std::make_unique<RecentRanker>(*trend_, always_, chosen);
  }

 private:
  // Leaders are few, enough for the first places of a list; the rest are those of the end of training.
  std::vector<std::uint32_t> leading_at_the_end(const TrainingSet& training) const {
    std::optional<std::int64_t> latest;
    for (const std::optional<std::int64_t>& start : training.starts) latest = std::max(latest, start);
    std::vector<std::uint32_t> songs;
    if (!latest) return songs;
    std::array<math::TopK, plays::kTrendHalfLives.size()> best = {math::TopK(kAlwaysRanked), math::TopK(kAlwaysRanked),
                                                                  math::TopK(kAlwaysRanked)};
    for (std::uint32_t song = 0; song < training.song_count(); ++song) {
      const plays::TrendPlays plays = trend_->of(song, *latest);
      for (std::size_t i = 0; i < best.size(); ++i) best[i].offer({song, plays[i]});
    }
    for (math::TopK& one : best) {
      for (const math::ScoredRow& song : one.take()) songs.push_back(song.row);
    }
    std::ranges::sort(songs);
    songs.erase(std::unique(songs.begin(), songs.end()), songs.end());
    return songs;
  }

  const plays::Trend* trend_ = nullptr;
  std::vector<std::uint32_t> always_;
};

}  // namespace

std::unique_ptr<Method> make_recent_popularity(const MethodOptions&) {
  return std::make_unique<RecentPopularity>();
}

}  // namespace segue::evaluate
