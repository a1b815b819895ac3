// Logarithms of the play counts of songs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "segue/data/dataset/song_row.h"

namespace segue::data {

// Songs are sorted by plays, so the logarithms are kept as runs of songs with equal plays: a few thousand numbers that
// stay in the processor's cache, while one number a song would be fetched from memory each time. Other orders work too,
// with more runs.
class LogPlays {
  struct Run {
    std::uint32_t first_row;
    float log;
  };

 public:
  LogPlays() = default;
  // plays_of(row) of every row below `songs`; 0 plays count as 1.
  template <class PlaysOf>
  LogPlays(std::uint32_t songs, const PlaysOf& plays_of) {
    std::uint64_t before = 0;
    for (SongRow row = 0; row < songs; ++row) {
      const std::uint64_t plays = std::max<std::uint64_t>(1, plays_of(row));
      if (plays != before) runs_.push_back({row, static_cast<float>(std::log(static_cast<double>(plays)))});
      before = plays;
    }
  }

  // The natural logarithm of a row's plays. REQUIRES: row < songs
  float of(SongRow row) const { return Ascending(*this).of(row); }

  // For rows in ascending order. Views the runs.
  class Ascending {
   public:
    explicit Ascending(const LogPlays& logs) : at_(logs.runs_.begin()), end_(logs.runs_.end()) {}

    float of(SongRow row) {
      if (const auto next = at_ + 1; next != end_ && next->first_row <= row) {
        at_ = std::ranges::upper_bound(next, end_, row, {}, &Run::first_row) - 1;
      }
      return at_->log;
    }

   private:
    std::vector<Run>::const_iterator at_;
    std::vector<Run>::const_iterator end_;
  };

 private:
  std::vector<Run> runs_;
};

}  // namespace segue::data
