// Copies of many texts, each known by a reference of eight bytes: half of what a view takes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/large_pages.h"

namespace segue::data {

// A reference is the number of a block, the position in it and the length. Views stay valid as long as the store.
class TextStore {
 public:
  enum class Ref : std::uint64_t {};  // 0: the empty text

  Ref keep(std::string_view text) {
    if (text.empty()) return {};
    return text.size() < kLong ? copy(text, text.size()) : keep_long(text);
  }

  // Room for something else, aligned to eight bytes and known by 32 bits, for tables.
  using Place = std::uint32_t;
  Place take(std::size_t size) {
    const std::uint64_t place = reserve(size, kUnit) / kUnit;
    if (place >= std::numeric_limits<Place>::max()) {
      fail(ErrorCode::bad_input, "expected at most 32 GiB of different texts, found more");
    }
    return static_cast<Place>(place);
  }
  char* at(Place place) const { return at_start(std::uint64_t{place} * kUnit); }

  // A text inside what lies at a place. REQUIRES: it ends within kMostToDivide bytes of the place.
  static constexpr std::size_t kMostToDivide = std::size_t{1} << 16;
  static Ref part(Place place, std::size_t begin, std::size_t size) {
    if (size == 0) return {};
    return Ref{((std::uint64_t{place} * kUnit + begin) << kLengthBits) + size};
  }

  std::string_view view(Ref ref) const {
    if (ref == Ref{}) return {};
    const std::uint64_t length = static_cast<std::uint64_t>(ref) & kLong;
    if (length < kLong) [[likely]]
      return {at(ref), length};
    std::uint64_t size = 0;
    std::memcpy(&size, at(ref), sizeof(size));
    return {at(ref) + sizeof(size), size};
  }

  // Of memory, in whole blocks.
  std::uint64_t bytes() const { return bytes_; }

 private:
  static constexpr int kLengthBits = 24;
  static constexpr int kPositionBits = 21;
  static constexpr std::size_t kBlock = std::size_t{1} << kPositionBits;
  static constexpr std::size_t kUnit = 8;
  static constexpr std::uint64_t kLong = (std::uint64_t{1} << kLengthBits) - 1;  // its length stands before the text

  const char* at(Ref ref) const { return at_start(static_cast<std::uint64_t>(ref) >> kLengthBits); }
  // A start is the number of a block and the position in it.
  char* at_start(std::uint64_t start) const { return blocks_[start >> kPositionBits].data() + (start & (kBlock - 1)); }

  Ref keep_long(std::string_view text) {
    const std::uint64_t size = text.size();
    std::string whole(sizeof(size), '\0');
    std::memcpy(whole.data(), &size, sizeof(size));
    return copy(whole.append(text), kLong);
  }

  Ref copy(std::string_view text, std::uint64_t length) {
    const std::uint64_t start = reserve(text.size(), 1);
    std::memcpy(at_start(start), text.data(), text.size());
    return Ref{(start << kLengthBits) + length};
  }

  std::uint64_t reserve(std::size_t size, std::size_t alignment) {
    used_ = (used_ + alignment - 1) / alignment * alignment;
    if (blocks_.empty() || size > kBlock - std::min(used_, kBlock)) {
      // What is larger than a block has one of its own size, at whose start it lies.
      blocks_.emplace_back(std::max(size, kBlock));
      bytes_ += blocks_.back().size();
      used_ = 0;
    }
    const std::uint64_t start = (std::uint64_t{blocks_.size() - 1} << kPositionBits) + used_;
    used_ += size;
    return start;
  }

  std::vector<LargeArray<char>> blocks_;
  std::size_t used_ = 0;  // of the last block
  std::uint64_t bytes_ = 0;
};

}  // namespace segue::data
