// Finds separators and line breaks in text, eight bytes at a time.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace segue::data {

class SeparatorScanner {
 public:
  SeparatorScanner(const char* text, std::size_t size, char separator)
      : text_(text), size_(size), separator_(kEach * static_cast<unsigned char>(separator)) {}

  // The first position from `at` on that holds the separator or a line break; the size of the text if there is none.
  // REQUIRES: `at` is not below that of earlier calls by more than 64.
  std::size_t next(std::size_t at) {
    if (at >= size_) return size_;
    if (at - base_ >= 64 || at < base_) load(at & ~std::size_t{63});
    std::uint64_t found = mask_ & (~std::uint64_t{0} << (at - base_));
    while (found == 0) {
      if (base_ + 64 >= size_) return size_;
      load(base_ + 64);
      found = mask_;
    }
    return base_ + static_cast<std::size_t>(std::countr_zero(found));
  }

 private:
  static_assert(std::endian::native == std::endian::little);
  static constexpr std::uint64_t kEach = 0x0101010101010101;
  static constexpr std::uint64_t kLow = 0x7f7f7f7f7f7f7f7f;

  // The highest bit of each byte that is zero.
  static std::uint64_t zero_bytes(std::uint64_t word) { return ~(((word & kLow) + kLow) | word | kLow); }

  std::uint64_t eight(const char* bytes) const {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof(word));
    const std::uint64_t hits = zero_bytes(word ^ separator_) | zero_bytes(word ^ (kEach * '\n'));
    return ((hits >> 7) * 0x0102040810204080) >> 56;
  }

  void load(std::size_t base) {
    base_ = base;
    char last[64];
    const char* bytes = text_ + base;
    if (size_ - base < 64) {
      std::memset(last, 0, sizeof(last));
      std::memcpy(last, bytes, size_ - base);
      bytes = last;
    }
    mask_ = 0;
    for (std::size_t i = 0; i < 8; ++i) mask_ |= eight(bytes + 8 * i) << (8 * i);
  }

  const char* text_;
  std::size_t size_;
  std::uint64_t separator_;
  std::size_t base_ = ~std::size_t{63};  // nothing loaded
  std::uint64_t mask_ = 0;
};

}  // namespace segue::data
