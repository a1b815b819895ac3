// Random streams that are the same on every machine and cheap enough for inner loops.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace segue {

// SplitMix64 (Steele, Lea, Flood 2014): a good 64-bit mixer, used to seed streams and to hash small integers.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

// xoshiro256++ (Blackman, Vigna 2019). `stream` selects one of 2^64 independent sequences of the same seed: each
// worker, block of queues or song has its own, so that results do not depend on the order of the draws.
class Random {
 public:
  using result_type = std::uint64_t;

  constexpr explicit Random(std::uint64_t seed, std::uint64_t stream = 0) {
    std::uint64_t x = mix64(seed) ^ mix64(~stream);
    for (auto& word : state_) word = x = mix64(x);
  }

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~std::uint64_t{0}; }

  constexpr result_type operator()() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound), bound > 0; by multiplication (Lemire 2019) without rejection: the bias is below bound/2^32.
  constexpr std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((*this)() >> 32) * bound >> 32);
  }

  // Uniform in [0, 1).
  constexpr double uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }
  constexpr float uniform_float() { return static_cast<float>((*this)() >> 40) * 0x1.0p-24F; }

 private:
  std::array<std::uint64_t, 4> state_{};
};

// Keeps `count` of the items, or all if there are fewer, in random order. REQUIRES: fewer than 2^32 items
template <class Item>
void keep_sample(std::vector<Item>& items, std::size_t count, Random& random) {
  for (std::size_t i = 0; i < std::min(count, items.size()); ++i) {
    std::swap(items[i], items[i + random.below(static_cast<std::uint32_t>(items.size() - i))]);
  }
  if (items.size() > count) items.resize(count);
}

}  // namespace segue
