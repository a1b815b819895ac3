// How likely a song is played again, by how long ago it was played last and how often so far.
//
// A rate is the share of plays, among all plays at which a song was last played g plays ago and c times in all, that
// were plays of that song: the hazard of a return. It replaces the fixed power law of base-level activation (ACT-R;
// for music: Reiter-Haas et al. 2021, Moussallam et al. 2024, arXiv:2408.16578) by what the listeners of this dataset
// do: on a radio station a song rests for hours, on a streaming service it may be played twice in a row.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "segue/data/dataset/song_row.h"

namespace segue::plays {

inline constexpr std::size_t kGapGroups = 38;  // 1, 2, 3, 4, 5-6, 7-8, 9-12, ... two an octave
inline constexpr std::size_t kPlayGroups = 5;  // 1, 2, 3-4, 5-9 and 10 plays or more

std::size_t gap_group(std::size_t gap);      // REQUIRES: gap > 0
std::size_t plays_group(std::size_t plays);  // REQUIRES: plays > 0

// Rates of return. Thread safe once counted.
struct ReturnRates {
  std::array<std::array<float, kPlayGroups>, kGapGroups> rates{};
  float repeats = 0;  // the share of all plays that were of a song played before

  float of(std::size_t gap, std::size_t plays) const { return rates[gap_group(gap)][plays_group(plays)]; }
};

// Counts returns in the sequences of listeners, one after the other.
class ReturnCounts {
 public:
  // What one listener played, the oldest first.
  void add(std::span<const data::SongRow> songs);
  ReturnRates rates() const;

 private:
  struct Cell {
    double returned = 0;
    double exposed = 0;  // plays at which the song could have returned
  };
  void expose(std::size_t until, Cell (&cells)[kGapGroups][kPlayGroups], std::size_t group);

  Cell cells_[kGapGroups][kPlayGroups];
  std::uint64_t plays_ = 0;
  std::uint64_t repeats_ = 0;
};

}  // namespace segue::plays
