// Prefetching memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace segue::math {

// Prefetches the cache lines of [from, from + bytes) without waiting. Nothing is read, so any address will do.
inline void prefetch(const void* from, std::size_t bytes) {
  constexpr std::size_t kLine = 64;
  const auto* const first = static_cast<const std::byte*>(from);
  for (std::size_t i = 0; i < bytes; i += kLine) __builtin_prefetch(first + i);
  if (bytes > 0) __builtin_prefetch(first + bytes - 1);
}

inline void prefetch(std::span<const float> numbers) {
  prefetch(numbers.data(), numbers.size_bytes());
}

// Prefetches the start of a long list; the processor finds the rest by itself once reading is under way.
template <class T>
void prefetch_first(std::span<const T> items) {
  constexpr std::size_t kMostBytes = 256;
  prefetch(items.data(), std::min(items.size_bytes(), kMostBytes));
}

}  // namespace segue::math
