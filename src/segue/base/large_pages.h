// Memory that is read all over: finding the page of a number takes longer than reading it where pages are small.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace segue {

// Bytes, all 0 at first, in pages of 2 MB where the system has them; pages that nobody writes to take no memory. Moving
// them does not move the bytes. Throws std::bad_alloc.
class LargePages {
 public:
  LargePages() = default;
  explicit LargePages(std::size_t bytes);
  LargePages(LargePages&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  LargePages& operator=(LargePages&& other) noexcept;
  ~LargePages();

  std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

// Numbers or structs of numbers in such pages.
template <class T>
class LargeArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  LargeArray() = default;
  explicit LargeArray(std::size_t count) : pages_(count * sizeof(T)), count_(count) {}
  LargeArray(LargeArray&& other) noexcept : pages_(std::move(other.pages_)), count_(std::exchange(other.count_, 0)) {}
  LargeArray& operator=(LargeArray&& other) noexcept {
    pages_ = std::move(other.pages_);
    count_ = std::exchange(other.count_, 0);
    return *this;
  }

  std::size_t size() const { return count_; }
  T* data() const { return reinterpret_cast<T*>(pages_.bytes().data()); }
  T& operator[](std::size_t i) const { return data()[i]; }
  operator std::span<const T>() const { return {data(), count_}; }

 private:
  LargePages pages_;
  std::size_t count_ = 0;
};

}  // namespace segue
