#include "segue/base/large_pages.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>

#include <gtest/gtest.h>

namespace segue {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20;

TEST(LargePages, are_zeroed_and_writable) {
  for (const std::size_t bytes : {std::size_t{1}, kLargePage - 1, kLargePage, 3 * kLargePage + 5}) {
    const LargePages pages(bytes);
    ASSERT_EQ(pages.bytes().size(), bytes);
    EXPECT_EQ(std::ranges::count(pages.bytes(), std::byte{0}), bytes);
    std::ranges::fill(pages.bytes(), std::byte{7});
    const auto address = reinterpret_cast<std::uintptr_t>(pages.bytes().data());
    EXPECT_EQ(bytes >= kLargePage ? address % kLargePage : 0, 0U);
  }
  EXPECT_TRUE(LargePages(0).bytes().empty());
  EXPECT_THROW(LargePages(std::numeric_limits<std::size_t>::max() - 1), std::bad_alloc);
}

TEST(LargeArray, moves_without_moving_its_numbers) {
  LargeArray<float> first(1'000'000);
  first[999'999] = 3;
  const float* const where = first.data();
  LargeArray<float> second(std::move(first));
  LargeArray<float> third(5);
  third = std::move(second);
  EXPECT_EQ(third.data(), where);
  EXPECT_EQ(third.size(), 1'000'000U);
  EXPECT_EQ(third[999'999], 3);
  EXPECT_EQ(std::span<const float>(third).size(), 1'000'000U);
}

}  // namespace
}  // namespace segue
