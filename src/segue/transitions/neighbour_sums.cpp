#include "segue/transitions/neighbour_sums.h"

#include <algorithm>

#include "segue/base/error.h"

namespace segue::transitions {

namespace {

constexpr std::uint32_t kFewestBits = 10;

}  // namespace

NeighbourSums::NeighbourSums(std::uint32_t window) : units_(window + std::size_t{1}) {
  for (std::uint32_t distance = 1; distance <= window; ++distance) {
    units_[distance] = (kUnits + distance / 2) / distance;
  }
  resize(kFewestBits);
}

NeighbourSums::Sum& NeighbourSums::add(std::uint32_t song, std::size_t slot) {
  sums_.push_back({.song = song});
  slots_[slot] = static_cast<std::uint32_t>(sums_.size());
  if (2 * sums_.size() > slots_.size()) resize(34 - shift_);
  return sums_.back();
}

void NeighbourSums::resize(std::uint32_t bits) {
  SEGUE_ASSERT(bits <= 32);
  slots_.assign(std::size_t{1} << bits, 0);
  shift_ = 32 - bits;
  for (std::uint32_t place = 0; place < sums_.size(); ++place) {
    std::size_t slot = slot_of(sums_[place].song);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = place + 1;
  }
}

TransitionsOf NeighbourSums::take_strongest(std::size_t kept, std::uint32_t most_count) {
  if (sums_.size() > kept) {
    const auto middle = sums_.begin() + static_cast<std::ptrdiff_t>(kept);
    std::ranges::nth_element(sums_, middle, [](const Sum& a, const Sum& b) {
      return a.weight() != b.weight() ? a.weight() > b.weight() : a.song < b.song;
    });
    sums_.erase(middle, sums_.end());
  }
  std::ranges::sort(sums_, {}, &Sum::song);
  TransitionsOf list;
  for (const Sum& sum : sums_) {
    list.neighbours.push_back(sum.song);
    list.forward.push_back(static_cast<float>(static_cast<double>(sum.forward) / kUnits));
    list.backward.push_back(static_cast<float>(static_cast<double>(sum.backward) / kUnits));
    list.counts.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(sum.count, most_count)));
  }
  sums_.clear();
  resize(kFewestBits);
  return list;
}

}  // namespace segue::transitions
