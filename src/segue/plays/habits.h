// What a model remembers of when songs were played: the trend at the end of its dataset, and how songs return.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "segue/data/dataset/song_row.h"
#include "segue/plays/returns.h"
#include "segue/plays/trend.h"

namespace segue::data {
class Queues;  // data/dataset/queues.h
}

namespace segue::plays {

struct Habits {
  std::vector<TrendPlays> trend;           // of each song, decayed until `until`; empty without times
  std::optional<std::int64_t> until = {};  // the newest queue's start, microseconds since 1970-01-01 UTC
  ReturnRates returns;
};

// Of the songs with row < song_count; others are skipped. Returns are those in one's own queues.
// `listeners_return`: the queues of one user follow each other; else every queue is a listener of its own, as playlists
// are. Of many plays, returns are counted for a part of the
// users. Queues of one user stand together, as `segue ingest` writes them.
Habits count_habits(const data::Queues& queues, std::uint32_t song_count, bool listeners_return);

// The trend at one moment, which later moments share: nobody knows better.
class TrendUntil final : public Trend {
 public:
  explicit TrendUntil(std::vector<TrendPlays> plays);

  TrendPlays of(data::SongRow song, std::int64_t) const override { return plays_[song]; }
  TrendPlays mean(std::int64_t) const override { return mean_; }
  std::vector<data::SongRow> leaders(std::int64_t) const override { return leaders_; }
  std::span<const TrendPlays> plays() const { return plays_; }

 private:
  std::vector<TrendPlays> plays_;
  TrendPlays mean_{};
  std::vector<data::SongRow> leaders_;
};

}  // namespace segue::plays
