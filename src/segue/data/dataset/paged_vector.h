// A vector that grows by large pages: nothing is moved, or held twice, while it grows.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "segue/base/large_pages.h"

namespace segue::data {

template <class Item>
class PagedVector {
 public:
  Item& operator[](std::size_t i) { return pages_[i / kPage][i % kPage]; }
  const Item& operator[](std::size_t i) const { return pages_[i / kPage][i % kPage]; }

  std::size_t size() const { return size_; }
  std::uint64_t bytes() const { return pages_.size() * kPage * sizeof(Item); }

  void push_back(const Item& item) {
    if (size_ == pages_.size() * kPage) pages_.emplace_back(kPage);
    (*this)[size_++] = item;
  }

 private:
  static constexpr std::size_t kPage = std::bit_floor((std::size_t{2} << 20) / sizeof(Item));
  std::vector<LargeArray<Item>> pages_;
  std::size_t size_ = 0;
};

}  // namespace segue::data
