#include "segue/plays/returns.h"

#include <algorithm>
#include <numeric>

#include <boost/unordered/unordered_flat_map.hpp>

namespace segue::plays {

namespace {

// The smallest gap of each group.
constexpr std::array<std::size_t, kGapGroups> kFirstGaps = [] {
  std::array<std::size_t, kGapGroups> firsts{};
  std::size_t gap = 1;
  for (std::size_t group = 0; group < kGapGroups; ++group) {
    firsts[group] = gap;
    // 1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, ...
    if (group < 4) {
      ++gap;
    } else {
      const std::size_t octave = std::size_t{1} << (2 + (group - 4) / 2);
      gap += octave / 2;
    }
  }
  return firsts;
}();
constexpr std::array<std::size_t, kPlayGroups> kFirstPlays = {1, 2, 3, 5, 10};
// Rates are drawn towards those of all play counts by this many returns.
constexpr double kPrior = 5;

}  // namespace

std::size_t gap_group(std::size_t gap) {
  return static_cast<std::size_t>(std::ranges::upper_bound(kFirstGaps, gap) - kFirstGaps.begin()) - 1;
}

std::size_t plays_group(std::size_t plays) {
  return static_cast<std::size_t>(std::ranges::upper_bound(kFirstPlays, plays) - kFirstPlays.begin()) - 1;
}

// Counts a song that could have returned at the gaps 1 ... until.
void ReturnCounts::expose(std::size_t until, Cell (&cells)[kGapGroups][kPlayGroups], std::size_t group) {
  for (std::size_t i = 0; i < kGapGroups && kFirstGaps[i] <= until; ++i) {
    const std::size_t end = i + 1 < kGapGroups ? std::min(kFirstGaps[i + 1], until + 1) : until + 1;
    cells[i][group].exposed += static_cast<double>(end - kFirstGaps[i]);
  }
}

void ReturnCounts::add(std::span<const data::SongRow> songs) {
  struct Played {
    std::size_t last = 0;
    std::size_t times = 0;
  };
  boost::unordered_flat_map<data::SongRow, Played> known;
  for (std::size_t place = 0; place < songs.size(); ++place) {
    Played& song = known[songs[place]];
    if (song.times > 0) {
      const std::size_t gap = place - song.last;
      const std::size_t group = plays_group(song.times);
      expose(gap, cells_, group);
      cells_[gap_group(gap)][group].returned += 1;
      ++repeats_;
    }
    song = {place, song.times + 1};
  }
  for (const auto& [row, song] : known) {
    if (song.last + 1 < songs.size()) expose(songs.size() - 1 - song.last, cells_, plays_group(song.times));
  }
  plays_ += songs.size();
}

ReturnRates ReturnCounts::rates() const {
  ReturnRates rates;
  rates.repeats = plays_ > 0 ? static_cast<float>(static_cast<double>(repeats_) / static_cast<double>(plays_)) : 0;
  Cell all;
  for (const auto& row : cells_) {
    for (const Cell& cell : row) {
      all.returned += cell.returned;
      all.exposed += cell.exposed;
    }
  }
  const double mean = all.exposed > 0 ? all.returned / all.exposed : 0;
  for (std::size_t gap = 0; gap < kGapGroups; ++gap) {
    Cell any;
    for (const Cell& cell : cells_[gap]) {
      any.returned += cell.returned;
      any.exposed += cell.exposed;
    }
    // kPrior returns at the mean rate are the prior of the row, kPrior at the row's rate that of the cell.
    const auto shrunk = [](const Cell& cell, double towards) {
      if (!(towards > 0)) return 0.0;
      return (cell.returned + kPrior) / (cell.exposed + kPrior / towards);
    };
    const double of_gap = shrunk(any, mean);
    for (std::size_t plays = 0; plays < kPlayGroups; ++plays) {
      rates.rates[gap][plays] = static_cast<float>(shrunk(cells_[gap][plays], of_gap));
    }
  }
  return rates;
}

}  // namespace segue::plays
