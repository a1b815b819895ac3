// Numbers texts in the order of their first appearance.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "segue/base/text_hash.h"
#include "segue/data/dataset/paged_vector.h"
#include "segue/data/dataset/text_index.h"
#include "segue/data/dataset/text_store.h"

namespace segue::data {

// Numbers run from 0 without gaps. Not thread safe.
class Interner {
 public:
  static constexpr std::uint32_t kNone = TextIndex::kNone;

  // The number of the text; a new text gets size() before the call.
  std::uint32_t intern(std::string_view text) { return intern(text, hash_text(text)); }

  // Calls take(i, number) for the text of each i below `count`, in order. Several times as fast as one call after
  // another, because the reads from memory overlap.
  template <class TextOf, class Take>
  void intern_all(std::size_t count, TextOf text_of, Take take) {
    for (std::size_t begin = 0; begin < count; begin += kGroup) {
      const std::size_t size = std::min(kGroup, count - begin);
      std::array<std::uint64_t, kGroup> hashes;
      for (std::size_t i = 0; i < size; ++i) index_.prefetch(hashes[i] = hash_text(text_of(begin + i)));
      for (std::size_t i = 0; i < size; ++i) {
        if (const std::uint32_t number = index_.likely(hashes[i]); number != kNone) __builtin_prefetch(&texts_[number]);
      }
      for (std::size_t i = 0; i < size; ++i) {
        if (const std::uint32_t number = index_.likely(hashes[i]); number != kNone) store_.prefetch(texts_[number]);
      }
      for (std::size_t i = 0; i < size; ++i) take(begin + i, intern(text_of(begin + i), hashes[i]));
    }
  }

  std::string_view text(std::uint32_t number) const { return store_.view(texts_[number]); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(texts_.size()); }
  std::uint64_t bytes() const { return index_.bytes() + texts_.bytes() + store_.bytes(); }

 private:
  static constexpr std::size_t kGroup = 32;

  std::uint32_t intern(std::string_view text, std::uint64_t hash) {
    const std::uint32_t known = index_.find(hash, [&](std::uint32_t number) { return this->text(number) == text; });
    if (known != kNone) return known;
    const std::uint32_t number = size();
    index_.insert(hash, number);
    texts_.push_back(store_.keep(text));
    return number;
  }

  TextIndex index_;
  PagedVector<TextStore::Ref> texts_;
  TextStore store_;
};

}  // namespace segue::data
