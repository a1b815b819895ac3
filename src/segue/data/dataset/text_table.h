// Texts with a value each, found by their hash.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "segue/data/dataset/text_index.h"
#include "segue/data/dataset/text_store.h"

namespace segue::data {

// An entry is the value, the length and the text in one piece, so that finding a text reads the slot of the index and
// one or two cache lines. Entries stay where they are. The store has to outlive the table; several tables may share it.
template <class Value>
class TextTable {
  static_assert(sizeof(Value) % 4 == 0 && alignof(Value) <= 8);

 public:
  using Place = TextStore::Place;
  static constexpr Place kNone = TextIndex::kNone;

  explicit TextTable(TextStore& store) : store_(&store) {}

  void prefetch(std::uint64_t hash) const { index_.prefetch(hash); }
  // The entry that find() most likely returns, its memory requested; kNone if nothing near is like it.
  Place likely(std::uint64_t hash) const {
    const Place place = index_.likely(hash);
    if (place != kNone) {
      __builtin_prefetch(store_->at(place));
      __builtin_prefetch(store_->at(place) + kTextAt + kUsualText);
    }
    return place;
  }

  // The entry with this hash of whose text is_it(place) says that it is the wanted one; kNone if there is none.
  template <class IsIt>
  Place find(std::uint64_t hash, IsIt is_it) const {
    return index_.find(hash, is_it);
  }
  Place find(std::string_view text, std::uint64_t hash) const {
    return find(hash, [&](Place place) { return this->text(place) == text; });
  }

  // REQUIRES: find() does not find the text.
  Place insert(std::string_view text, std::uint64_t hash, const Value& value) {
    const Place place = store_->take(kTextAt + text.size());
    char* const at = store_->at(place);
    const auto size = static_cast<std::uint32_t>(text.size());
    std::memcpy(at, &value, sizeof(Value));
    std::memcpy(at + sizeof(Value), &size, sizeof(size));
    std::memcpy(at + kTextAt, text.data(), text.size());
    index_.insert(hash, place);
    return place;
  }

  Value& value(Place place) const { return *reinterpret_cast<Value*>(store_->at(place)); }
  std::string_view text(Place place) const {
    const char* const at = store_->at(place);
    std::uint32_t size = 0;
    std::memcpy(&size, at + sizeof(Value), sizeof(size));
    return {at + kTextAt, size};
  }

  // Nothing is found any more; the entries stay.
  void forget_index() { index_ = TextIndex(); }

  std::uint64_t bytes() const { return index_.bytes(); }  // besides the store

  static constexpr std::size_t kTextAt = sizeof(Value) + sizeof(std::uint32_t);

 private:
  static constexpr std::size_t kUsualText = 24;

  TextStore* store_;
  TextIndex index_;
};

}  // namespace segue::data
