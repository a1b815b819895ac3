#include "segue/plays/live_trend.h"

#include <algorithm>
#include <cmath>

#include "segue/base/error.h"

namespace segue::plays {

namespace {

constexpr double kMicrosecondsOfDay = 86400e6;
constexpr auto kRelaxed = std::memory_order_relaxed;  // the sums guard nothing but themselves

}  // namespace

LiveTrend::LiveTrend(std::span<const TrendPlays> plays, std::int64_t until)
    : until_(until), sums_(plays.size()), newest_(until) {
  for (std::size_t song = 0; song < plays.size(); ++song) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      sums_[song][i].store(plays[song][i], kRelaxed);
      all_[i].store(all_[i].load(kRelaxed) + plays[song][i], kRelaxed);
    }
  }
  mean_of_model_ = mean(until);
  refresh_leaders();
}

std::array<double, kTrendHalfLives.size()> LiveTrend::growth_until(std::int64_t at) const {
  const double days = static_cast<double>(std::max(at, until_) - until_) / kMicrosecondsOfDay;
  std::array<double, kTrendHalfLives.size()> growth;
  for (std::size_t i = 0; i < growth.size(); ++i) growth[i] = std::exp2(days / kTrendHalfLives[i]);
  return growth;
}

bool LiveTrend::count(data::SongRow song, std::int64_t at, std::int64_t now) {
  if (at <= until_ || at > now || at - until_ > kLongest) return false;
  const auto growth = growth_until(at);
  for (std::size_t i = 0; i < growth.size(); ++i) {
    sums_[song][i].fetch_add(growth[i], kRelaxed);
    all_[i].fetch_add(growth[i], kRelaxed);
  }
  counted_.fetch_add(1, kRelaxed);
  std::int64_t newest = newest_.load(kRelaxed);
  while (newest < at && !newest_.compare_exchange_weak(newest, at, kRelaxed)) {
  }
  return true;
}

void LiveTrend::continue_from(const LiveTrend& other) {
  SEGUE_ASSERT(sums_.size() == other.sums_.size() && until_ == other.until_);
  const auto copy = [](Sums& to, const Sums& from) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i].store(from[i].load(kRelaxed), kRelaxed);
  };
  for (std::size_t song = 0; song < sums_.size(); ++song) copy(sums_[song], other.sums_[song]);
  copy(all_, other.all_);
  counted_.store(other.counted_.load(kRelaxed), kRelaxed);
  newest_.store(other.newest_.load(kRelaxed), kRelaxed);
  refresh_leaders();
}

void LiveTrend::refresh_leaders() {
  const std::int64_t at = newest();
  auto found = std::make_shared<const std::vector<data::SongRow>>(
      leaders_of(static_cast<std::uint32_t>(sums_.size()), [&](data::SongRow song) { return of(song, at); }));
  const std::scoped_lock lock(mutex_);
  leaders_ = std::move(found);
}

TrendPlays LiveTrend::of(data::SongRow song, std::int64_t at) const {
  const auto growth = growth_until(std::max(at, newest()));
  TrendPlays plays;
  for (std::size_t i = 0; i < plays.size(); ++i) {
    plays[i] = static_cast<float>(sums_[song][i].load(kRelaxed) / growth[i]);
  }
  return plays;
}

TrendPlays LiveTrend::mean(std::int64_t at) const {
  const auto growth = growth_until(std::max(at, newest()));
  TrendPlays plays{};
  if (sums_.empty()) return plays;
  for (std::size_t i = 0; i < plays.size(); ++i) {
    const double now = all_[i].load(kRelaxed) / growth[i] / static_cast<double>(sums_.size());
    plays[i] = std::max(mean_of_model_[i], static_cast<float>(now));
  }
  return plays;
}

std::vector<data::SongRow> LiveTrend::leaders(std::int64_t) const {
  std::shared_ptr<const std::vector<data::SongRow>> now;
  {
    const std::scoped_lock lock(mutex_);
    now = leaders_;
  }
  return *now;
}

}  // namespace segue::plays
