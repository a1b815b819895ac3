// Copies of many texts, each known by a reference of eight bytes: half of what a view takes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

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

  // REQUIRES: `whole` is at most kMostToDivide long and holds the part.
  static constexpr std::size_t kMostToDivide = std::size_t{1} << 16;
  static Ref part(Ref whole, std::size_t begin, std::size_t size) {
    if (size == 0) return {};
    return Ref{(static_cast<std::uint64_t>(whole) & ~kLong) + (std::uint64_t{begin} << kLengthBits) + size};
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

  // Its first bytes, and the last of those that are near: most texts lie in one or two cache lines.
  void prefetch(Ref ref) const {
    if (ref == Ref{}) return;
    const char* text = at(ref);
    __builtin_prefetch(text);
    __builtin_prefetch(text + std::min<std::uint64_t>((static_cast<std::uint64_t>(ref) & kLong) - 1, 63));
  }

  std::uint64_t bytes() const { return bytes_; }

 private:
  static constexpr int kLengthBits = 24;
  static constexpr int kPositionBits = 21;
  static constexpr std::size_t kBlock = std::size_t{1} << kPositionBits;
  static constexpr std::uint64_t kLong = (std::uint64_t{1} << kLengthBits) - 1;  // its length stands before the text

  const char* at(Ref ref) const {
    const std::uint64_t start = static_cast<std::uint64_t>(ref) >> kLengthBits;
    return blocks_[start >> kPositionBits].data() + (start & (kBlock - 1));
  }

  Ref keep_long(std::string_view text) {
    const std::uint64_t size = text.size();
    std::string whole(sizeof(size), '\0');
    std::memcpy(whole.data(), &size, sizeof(size));
    return copy(whole.append(text), kLong);
  }

  Ref copy(std::string_view text, std::uint64_t length) {
    if (text.size() > left_) {
      // A text larger than a block has one of its own size, at whose start it lies.
      blocks_.emplace_back(std::max(text.size(), kBlock));
      bytes_ += blocks_.back().size();
      left_ = kBlock;
    }
    const std::size_t position = kBlock - left_;
    std::memcpy(blocks_.back().data() + position, text.data(), text.size());
    left_ -= std::min(text.size(), left_);
    return Ref{(((std::uint64_t{blocks_.size() - 1} << kPositionBits) + position) << kLengthBits) + length};
  }

  std::vector<LargeArray<char>> blocks_;
  std::size_t left_ = 0;  // in the last block
  std::uint64_t bytes_ = 0;
};

}  // namespace segue::data
