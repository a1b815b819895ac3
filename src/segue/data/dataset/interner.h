// Numbers texts in the order of their first appearance.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "segue/base/text_hash.h"
#include "segue/data/dataset/paged_vector.h"
#include "segue/data/dataset/text_store.h"
#include "segue/data/dataset/text_table.h"

namespace segue::data {

// Numbers run from 0 without gaps. Not thread safe.
class Interner {
 public:
  static constexpr std::uint32_t kNone = TextIndex::kNone;

  Interner() = default;
  Interner(const Interner&) = delete;
  Interner& operator=(const Interner&) = delete;

  // The number of the text; a new text gets size() before the call.
  std::uint32_t intern(std::string_view text) { return intern(text, hash_text(text)); }

  // Calls take(i, number) for the text of each i below `count`, in order. Several times as fast as one call after
  // another, because the reads from memory overlap.
  template <class TextOf, class Take>
  void intern_all(std::size_t count, TextOf text_of, Take take) {
    for (std::size_t begin = 0; begin < count; begin += kGroup) {
      const std::size_t size = std::min(kGroup, count - begin);
      std::array<std::uint64_t, kGroup> hashes;
      for (std::size_t i = 0; i < size; ++i) table_.prefetch(hashes[i] = hash_text(text_of(begin + i)));
      for (std::size_t i = 0; i < size; ++i) table_.likely(hashes[i]);
      for (std::size_t i = 0; i < size; ++i) take(begin + i, intern(text_of(begin + i), hashes[i]));
    }
  }

  std::string_view text(std::uint32_t number) const { return table_.text(places_[number]); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(places_.size()); }
  std::uint64_t bytes() const { return store_.bytes() + table_.bytes() + places_.bytes(); }

 private:
  static constexpr std::size_t kGroup = 32;

  std::uint32_t intern(std::string_view text, std::uint64_t hash) {
    const TextStore::Place known = table_.find(text, hash);
    if (known != kNone) return table_.value(known);
    const std::uint32_t number = size();
    places_.push_back(table_.insert(text, hash, number));
    return number;
  }

  TextStore store_;
  TextTable<std::uint32_t> table_{store_};
  PagedVector<TextStore::Place> places_;
};

}  // namespace segue::data
