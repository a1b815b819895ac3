// The trend while serving: what a model knows at the end of its dataset, and the plays since.
//
// Forward decay (Cormode, Shkapenyuk, Srivastava and Xu, "Forward Decay: A Practical Time Decay Model for Streaming
// Systems", 2009): a play at time t adds 2^((t - until) / half-life) to the sum of its song, and a reading at time T
// divides the sum by 2^((T - until) / half-life). So sums never have to be decayed in place, and the order in which
// plays arrive does not matter. In double precision the sums of a half-life of 4 days would overflow after 11 years.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "segue/data/dataset/song_row.h"
#include "segue/plays/trend.h"

namespace segue::plays {

// Takes 24 bytes a song. Thread safe: of() and mean() take no lock, leaders() only to copy a pointer.
class LiveTrend final : public Trend {
 public:
  // The plays counted last; later ones need a newer model.
  static constexpr std::int64_t kLongest = 10 * 365 * 86'400 * std::int64_t{1'000'000};  // microseconds

  // `plays`: of each song, decayed until `until`, in microseconds since 1970-01-01 UTC.
  LiveTrend(std::span<const TrendPlays> plays, std::int64_t until);

  // Whether the play counts: after `until`, no later than `now`, and within kLongest.
  bool count(data::SongRow song, std::int64_t at, std::int64_t now);
  // Counts what `other` has counted, instead of what was counted here. REQUIRES: the same songs and end of the dataset;
  // neither counts meanwhile.
  void continue_from(const LiveTrend& other);
  // Finds the leaders again, which takes a pass over all songs: not for each play. Readers keep the old ones meanwhile.
  void refresh_leaders();

  // Moments before the newest play counted are read as that of the play.
  TrendPlays of(data::SongRow song, std::int64_t at) const override;
  // No less than at the end of the dataset: of a service with fewer plays than its log, each says no more than there.
  TrendPlays mean(std::int64_t at) const override;
  // As of the last refresh_leaders(): all sums decay alike, so no moment has others.
  std::vector<data::SongRow> leaders(std::int64_t at) const override;

  std::uint64_t counted() const { return counted_.load(std::memory_order_relaxed); }
  // When the newest play counted took place; `until` if there is none.
  std::int64_t newest() const { return newest_.load(std::memory_order_relaxed); }

 private:
  using Sums = std::array<std::atomic<double>, kTrendHalfLives.size()>;
  std::array<double, kTrendHalfLives.size()> growth_until(std::int64_t at) const;

  const std::int64_t until_;
  std::vector<Sums> sums_;  // of each song
  Sums all_{};              // of all songs together
  TrendPlays mean_of_model_{};
  std::atomic<std::uint64_t> counted_{0};
  std::atomic<std::int64_t> newest_;

  mutable std::mutex mutex_;  // guards leaders_
  std::shared_ptr<const std::vector<data::SongRow>> leaders_;
};

}  // namespace segue::plays
