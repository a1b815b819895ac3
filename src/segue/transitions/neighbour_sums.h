// Sums of the pairs of plays between one song and the songs around it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "segue/transitions/transitions.h"

namespace segue::transitions {

// A hash table that grows with the distinct neighbours and serves one song after another. Weights are added as whole
// numbers: 1/distance in units of 1/720720, which all distances up to 16 divide, so that equal weights are equal and
// the order of adding is immaterial. Greater distances are rounded to a unit (of 1/1000 by 0.07 %).
class NeighbourSums {
 public:
  explicit NeighbourSums(std::uint32_t window);

  // A play of `song` at this distance after or before one of the song at hand. REQUIRES: 0 < distance <= window
  void add_after(std::uint32_t song, std::uint32_t distance) {
    Sum& sum = sum_of(song);
    sum.forward += units_[distance];
    ++sum.count;
  }
  void add_before(std::uint32_t song, std::uint32_t distance) {
    Sum& sum = sum_of(song);
    sum.backward += units_[distance];
    ++sum.count;
  }

  // The `kept` neighbours with the largest weight (ties: smaller row), ascending, with counts of at most `most_count`.
  // The next song starts from nothing.
  TransitionsOf take_strongest(std::size_t kept, std::uint32_t most_count);

 private:
  static constexpr std::uint64_t kUnits = 720'720;

  struct Sum {
    std::uint32_t song = 0;
    std::uint64_t count = 0;
    std::uint64_t forward = 0;
    std::uint64_t backward = 0;
    std::uint64_t weight() const { return forward + backward; }
  };

  Sum& sum_of(std::uint32_t song) {
    std::size_t slot = slot_of(song);
    for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
      if (Sum& sum = sums_[slots_[slot] - 1]; sum.song == song) return sum;
    }
    return add(song, slot);
  }

  std::size_t slot_of(std::uint32_t song) const { return (song * 0x9E37'79B1U) >> shift_; }
  Sum& add(std::uint32_t song, std::size_t slot);
  void resize(std::uint32_t bits);

  std::vector<std::uint64_t> units_;  // of a pair at each distance
  std::uint32_t shift_ = 0;
  std::vector<std::uint32_t> slots_;  // 1 + place in sums_, 0: empty; at most half are used
  std::vector<Sum> sums_;
};

}  // namespace segue::transitions
