#include "segue/transitions/transitions.h"

#include "segue/math/prefetch.h"
#include "segue/transitions/coded_list.h"

namespace segue::transitions {

std::uint64_t Transitions::entries() const {
  std::uint64_t entries = 0;
  for (const std::vector<std::uint8_t>& list : lists_) entries += CodedList(list).size();
  return entries;
}

TransitionsOf Transitions::of(std::uint32_t song) const {
  return CodedList(lists_[song]).decode();
}

std::vector<TransitionsOf> Transitions::of(std::span<const std::uint32_t> songs) const {
  for (const std::uint32_t song : songs) math::prefetch_first(coded(song));
  std::vector<TransitionsOf> lists;
  lists.reserve(songs.size());
  for (const std::uint32_t song : songs) lists.push_back(of(song));
  return lists;
}

void Transitions::set(std::uint32_t song, const TransitionsOf& list) {
  const std::vector<std::uint8_t> bytes = encode(list);
  lists_[song].assign(bytes.begin(), bytes.end());  // exactly as large as needed
}

}  // namespace segue::transitions
