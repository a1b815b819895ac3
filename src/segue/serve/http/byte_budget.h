// One bound on the bytes that a server holds for its clients: bodies being read and replies being written. Without it
// every client may hold the largest body at once, which is far more than any machine has.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace segue::serve {

// Thread safe.
class ByteBudget {
 public:
  explicit ByteBudget(std::uint64_t most) : most_(most) {}

  std::uint64_t most() const { return most_; }
  std::uint64_t held() const { return held_.load(std::memory_order_relaxed); }

 private:
  friend class ByteLease;

  bool take(std::uint64_t bytes) {
    std::uint64_t held = held_.load(std::memory_order_relaxed);
    do {
      if (bytes > most_ - held) return false;
    } while (!held_.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed));
    return true;
  }
  void give_back(std::uint64_t bytes) { held_.fetch_sub(bytes, std::memory_order_relaxed); }

  const std::uint64_t most_;
  std::atomic<std::uint64_t> held_{0};
};

// The bytes that one request holds, given back at the end. Used by one thread at a time; the budget outlives it.
class ByteLease {
 public:
  explicit ByteLease(ByteBudget& budget) : budget_(budget) {}
  ~ByteLease() { budget_.give_back(bytes_); }
  ByteLease(const ByteLease&) = delete;
  ByteLease& operator=(const ByteLease&) = delete;

  // Holds this many bytes from now on, more or fewer than before. Returns false, and changes nothing, if the budget has
  // no room for them.
  [[nodiscard]] bool hold(std::uint64_t bytes) {
    if (bytes > bytes_ && !budget_.take(bytes - bytes_)) return false;
    if (bytes < bytes_) budget_.give_back(bytes_ - bytes);
    bytes_ = bytes;
    return true;
  }
  void release() { budget_.give_back(std::exchange(bytes_, 0)); }

 private:
  ByteBudget& budget_;
  std::uint64_t bytes_ = 0;
};

}  // namespace segue::serve
