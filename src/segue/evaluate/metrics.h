// How well a list predicts what was played.
//
// The song to predict at each position is the next one. With r its rank in the list (1 is first):
//   HitRate@k  1 if r <= k
//   NDCG@k     1 / log2(1 + r) if r <= k (one relevant song, so the ideal is 1)
//   MRR@k      1 / r if r <= k
//   Recall@k   the share of the distinct songs still to come in the queue that are among the first k; songs that are
//   not
//              in the catalogue are missed
// All are means over positions; a song that is not in the list scores 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace segue::evaluate {

inline constexpr std::array<std::uint32_t, 3> kCutoffs = {10, 20, 100};
inline constexpr std::size_t kListLength = kCutoffs.back();

// How one list fared.
struct Outcome {
  std::uint16_t rank = 0;                            // of the next song, from 1; 0: not in the list
  std::array<std::uint8_t, kCutoffs.size()> hits{};  // songs still to come among the first k
};

double ndcg_of(const Outcome& outcome, std::uint32_t cutoff);

using ByCutoff = std::array<double, kCutoffs.size()>;

struct Accuracy {
  ByCutoff hit_rate{};
  ByCutoff ndcg{};
  ByCutoff mrr{};
  ByCutoff recall{};
};

// Sums over positions; mean() divides.
class AccuracySum {
 public:
  void add(const Outcome& outcome, std::uint32_t relevant);  // relevant > 0: distinct songs still to come
  std::uint64_t positions() const { return positions_; }
  Accuracy mean() const;  // zeros if nothing was added

 private:
  std::uint64_t positions_ = 0;
  Accuracy sum_;
};

}  // namespace segue::evaluate
