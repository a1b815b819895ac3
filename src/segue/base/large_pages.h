// Memory for tables that are accessed at random: with small pages, translating an address takes longer than the access.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <type_traits>
#include <utility>

namespace segue {

// Zeroed bytes, in pages of 2 MB where the system has them; pages that are never written take no memory. Moving the
// object does not move the bytes. Throws std::bad_alloc.
class LargePages {
 public:
  LargePages() = default;
  explicit LargePages(std::size_t bytes);
  // The same in a file without a name in `folder`: what is beyond memory is on its disk. Throws no_space, io_failed.
  LargePages(std::size_t bytes, const std::filesystem::path& folder);
  LargePages(LargePages&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  LargePages& operator=(LargePages&& other) noexcept;
  ~LargePages();

  std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

// Numbers, or structs of numbers, in large pages.
template <class T>
class LargeArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  LargeArray() = default;
  explicit LargeArray(std::size_t count) : pages_(count * sizeof(T)), count_(count) {}
  LargeArray(std::size_t count, const std::filesystem::path& folder)
      : pages_(count * sizeof(T), folder), count_(count) {}
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
