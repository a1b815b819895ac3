// Numbers texts in the order of their first appearance.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/random.h"

namespace segue::data {

// Keeps copies of texts in large blocks. The views stay valid as long as the arena.
class TextArena {
 public:
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    if (text.size() > left_) {
      const std::size_t size = text.size() > kBlock / 8 ? text.size() : kBlock;
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
      next_ = blocks_.back().get();
      left_ = size;
    }
    char* at = next_;
    std::memcpy(at, text.data(), text.size());
    next_ += text.size();
    left_ -= text.size();
    return {at, text.size()};
  }

  // Forgets everything.
  void clear() {
    blocks_.clear();
    left_ = 0;
  }

 private:
  static constexpr std::size_t kBlock = std::size_t{1} << 20;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

// A hash table of texts (open addressing, linear probing, at most half full). Numbers run from 0 without gaps.
class Interner {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  Interner() : slots_(1024, Slot{0, kNone}) {}

  // The number of the text, kNone if it was never interned.
  std::uint32_t find(std::string_view text) const { return slots_[slot_of(text, hash(text))].number; }

  // The number of the text; a new text gets size() before the call.
  std::uint32_t intern(std::string_view text) {
    const std::uint32_t code = hash(text);
    const std::size_t slot = slot_of(text, code);
    if (slots_[slot].number != kNone) return slots_[slot].number;
    if (texts_.size() + 1 >= kNone) {
      fail(ErrorCode::bad_input, "more than {} different texts: users and songs are numbered with 32 bits", kNone - 1);
    }
    const auto number = static_cast<std::uint32_t>(texts_.size());
    slots_[slot] = {code, number};
    texts_.push_back(arena_.keep(text));
    if (texts_.size() * 2 > slots_.size()) grow();
    return number;
  }

  std::string_view text(std::uint32_t number) const { return texts_[number]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(texts_.size()); }

 private:
  struct Slot {
    std::uint32_t hash;
    std::uint32_t number;
  };

  static std::uint32_t hash(std::string_view text) {
    return static_cast<std::uint32_t>(mix64(std::hash<std::string_view>{}(text)) >> 32);
  }

  std::size_t slot_of(std::string_view text, std::uint32_t code) const {
    std::size_t slot = code & (slots_.size() - 1);
    while (slots_[slot].number != kNone && (slots_[slot].hash != code || texts_[slots_[slot].number] != text)) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slot;
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2, Slot{0, kNone});
    old.swap(slots_);
    for (const Slot& moved : old) {
      if (moved.number == kNone) continue;
      std::size_t slot = moved.hash & (slots_.size() - 1);
      while (slots_[slot].number != kNone) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = moved;
    }
  }

  TextArena arena_;
  std::vector<std::string_view> texts_;
  std::vector<Slot> slots_;
};

}  // namespace segue::data
