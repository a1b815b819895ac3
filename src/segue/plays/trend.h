// Popularity that decays: which songs are played now, rather than ever.
//
// A play counts half as much as one a half-life later, for several half-lives. All sums decay alike, so the share of
// a song does not change while nothing is played.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "segue/data/dataset/song_row.h"

namespace segue::plays {

inline constexpr std::array<double, 3> kTrendHalfLives = {4, 20, 90};  // days
using TrendPlays = std::array<float, kTrendHalfLives.size()>;

// What a play counts so many microseconds later. REQUIRES: microseconds >= 0
TrendPlays decay_over(std::int64_t microseconds);
// The songs with the most decayed plays, plays_of(song), of any half-life, ascending.
std::vector<data::SongRow> leaders_of(std::uint32_t songs,
                                      const std::function<TrendPlays(data::SongRow song)>& plays_of);

// Answers how popular songs were at a moment, in microseconds since 1970-01-01 UTC.
class Trend {
 public:
  virtual ~Trend() = default;
  // The decayed plays of a song before `at`, for each half-life, and those of the mean song.
  virtual TrendPlays of(data::SongRow song, std::int64_t at) const = 0;
  virtual TrendPlays mean(std::int64_t at) const = 0;
  // Songs that are among the most popular at that moment, for any half-life.
  virtual std::vector<data::SongRow> leaders(std::int64_t at) const = 0;
};

// The trend at any moment, from every play and its time. Thread safe.
class TrendOfPlays final : public Trend {
 public:
  struct Play {
    std::int64_t at = 0;  // microseconds since 1970-01-01 UTC
    data::SongRow song = 0;
  };
  // `leaders_from`: leaders() is asked only for moments from then on.
  TrendOfPlays(std::vector<Play> plays, std::size_t songs, std::int64_t leaders_from);

  TrendPlays of(data::SongRow song, std::int64_t at) const override;
  TrendPlays mean(std::int64_t at) const override;
  std::vector<data::SongRow> leaders(std::int64_t at) const override;

 private:
  struct Sum {
    std::int64_t at = 0;
    TrendPlays plays{};  // decayed until `at`, which counts
  };
  TrendPlays decayed(std::span<const Sum> sums, std::int64_t at) const;

  std::vector<std::size_t> offsets_;  // songs + 1
  std::vector<Sum> sums_;             // of each song at each of its plays, ascending by time
  std::vector<Sum> all_;              // of all songs together
  std::vector<std::int64_t> days_;
  std::vector<std::vector<data::SongRow>> leaders_;  // at each of these
};

}  // namespace segue::plays
