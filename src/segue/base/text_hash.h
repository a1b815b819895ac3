// A hash of short texts for tables in memory: names, ids. Equal on every machine of one byte order; not for
// adversaries.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace segue {

// Sixteen bytes a step, each folded by a 64 x 64 -> 128 bit multiplication (as in wyhash, Wang Yi 2019). `seed` chains
// texts: hash_text(b, hash_text(a)) is a hash of the pair.
inline std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0) {
  constexpr std::uint64_t kA = 0xa0761d6478bd642f;
  constexpr std::uint64_t kB = 0xe7037ed1a0b428db;
  const auto fold = [](std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  const auto word = [](const char* at, std::size_t bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, bytes);
    return value;
  };
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t state = seed ^ kA;
  for (; left > 16; at += 16, left -= 16) state = fold(word(at, 8) ^ kB, word(at + 8, 8) ^ state);
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  if (left >= 8) {  // two words that may overlap
    low = word(at, 8);
    high = word(at + left - 8, 8);
  } else if (left >= 4) {
    low = word(at, 4);
    high = word(at + left - 4, 4);
  } else if (left > 0) {
    low = static_cast<std::uint64_t>(static_cast<unsigned char>(at[0])) << 16 |
          static_cast<std::uint64_t>(static_cast<unsigned char>(at[left / 2])) << 8 |
          static_cast<unsigned char>(at[left - 1]);
  }
  return fold(kB ^ text.size(), fold(low ^ kB, high ^ state));
}

}  // namespace segue
