// Properties of the lists themselves, right or wrong: how much of the catalogue they cover, how popular and how similar
// their songs are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "segue/evaluate/metrics.h"
#include "segue/math/top_k.h"

namespace segue::evaluate {

// Over the first 10 songs of every list unless noted.
struct ListStatistics {
  ByCutoff coverage{};              // share of the catalogue that is in at least one list, by cutoff
  double gini = 0;                  // of how often songs are recommended: 0 all equally, 1 always the same few
  double popularity_rank = 0;       // mean over recommended songs; 1 is the most played song
  double self_information = 0;      // mean of -log2(share of all plays), bits: how surprising
  double artist_repeats = 0;        // share of songs whose artist is already further up in the list
  double hubness = 0;               // skew of how often a song is recommended (Radovanović et al. 2010)
  std::optional<double> diversity;  // mean of 1 - cosine of two songs of a list; none without song vectors
  double mean_length = 0;           // of lists of up to 100; short if the method can score few songs
};

// Counts over lists. Not thread safe: each thread has its own, and merge() adds them up.
class ListCounts {
 public:
  explicit ListCounts(std::uint32_t song_count);
  // artists[song]: a number for the artist, 0: unknown.
  void add(std::span<const math::ScoredRow> list, std::span<const std::uint32_t> artists);
  void merge(const ListCounts& other);
  // All but diversity. plays: of each song, descending.
  ListStatistics statistics(std::span<const std::uint64_t> plays) const;

 private:
  std::array<std::vector<std::uint32_t>, kCutoffs.size()> occurrences_;
  std::uint64_t lists_ = 0;
  std::uint64_t songs_ = 0;          // in all lists
  std::uint64_t artists_known_ = 0;  // songs among the first ten with an artist
  std::uint64_t artist_repeats_ = 0;
};

}  // namespace segue::evaluate
