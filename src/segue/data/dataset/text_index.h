// Finds the number of a text by its hash; the texts themselves are kept elsewhere.
#pragma once

#include <cstdint>
#include <limits>

#include "segue/base/error.h"
#include "segue/base/large_pages.h"

namespace segue::data {

// Open addressing with linear probing, at most three quarters full; a slot takes eight bytes.
//
// A table larger than the processor's caches costs a wait for memory in each search. Callers with many texts to find
// avoid the waits: prefetch() for some dozens of them, then likely() for each, whose text they prefetch in turn, then
// find().
class TextIndex {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  TextIndex() : slots_(kFirstSlots) {}

  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[home(tag(hash))]); }

  // The number that find() most likely returns, kNone if nothing near is like it.
  std::uint32_t likely(std::uint64_t hash) const {
    std::size_t slot = home(tag(hash));
    for (int near = 0; near < kNear; ++near, slot = next(slot)) {
      if (slots_[slot].number_and_one == 0) return kNone;
      if (slots_[slot].tag == tag(hash)) return slots_[slot].number_and_one - 1;
    }
    return kNone;
  }

  // The number with this hash of which is_it(number) says that it is the text; kNone if there is none.
  template <class IsIt>
  std::uint32_t find(std::uint64_t hash, IsIt is_it) const {
    for (std::size_t slot = home(tag(hash)); slots_[slot].number_and_one != 0; slot = next(slot)) {
      const Slot& found = slots_[slot];
      if (found.tag == tag(hash) && is_it(found.number_and_one - 1)) return found.number_and_one - 1;
    }
    return kNone;
  }

  // REQUIRES: find() did not find the text.
  void insert(std::uint64_t hash, std::uint32_t number) {
    if (number >= kNone - 1) {
      fail(ErrorCode::bad_input, "more than {} different texts: users and songs are numbered with 32 bits", kNone - 1);
    }
    if ((++size_) * 4 > slots_.size() * 3) grow();
    put({tag(hash), number + 1});
  }

  std::uint64_t bytes() const { return slots_.size() * sizeof(Slot); }

 private:
  static constexpr std::size_t kFirstSlots = 1024;
  static constexpr int kNear = 4;

  struct Slot {
    std::uint32_t tag;
    std::uint32_t number_and_one;  // 0: none
  };

  // The home of a text follows from its tag: the table grows without looking at texts.
  static std::uint32_t tag(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  std::size_t home(std::uint32_t tag) const { return tag & (slots_.size() - 1); }
  std::size_t next(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }

  void put(const Slot& wanted) {
    std::size_t slot = home(wanted.tag);
    while (slots_[slot].number_and_one != 0) slot = next(slot);
    slots_[slot] = wanted;
  }

  void grow() {
    LargeArray<Slot> old(slots_.size() * 2);
    std::swap(old, slots_);
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (old[i].number_and_one != 0) put(old[i]);
    }
  }

  LargeArray<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace segue::data
