#include "segue/base/memory_reserve.h"

#include <new>

#include <gtest/gtest.h>

namespace segue {
namespace {

class MemoryReserve : public ::testing::Test {
 protected:
  MemoryReserve() { reserve_memory_for_unwinding(); }
  ~MemoryReserve() override { std::set_new_handler(nullptr); }
};

// What operator new does when it finds no memory.
struct FailsToAllocate {
  int* returns;
  explicit FailsToAllocate(int* count) : returns(count) {}
  FailsToAllocate(const FailsToAllocate&) = delete;
  FailsToAllocate& operator=(const FailsToAllocate&) = delete;
  ~FailsToAllocate() {
    std::get_new_handler()();  // would end the program if it threw
    ++*returns;
  }
};

TEST_F(MemoryReserve, leaves_allocations_to_fail) {
  EXPECT_THROW(std::get_new_handler()(), std::bad_alloc);
}

TEST_F(MemoryReserve, has_those_tried_again_that_must_not_fail) {
  int returns = 0;
  for (int i = 0; i < 3; ++i) {  // the first from the reserve, then without one
    try {
      const FailsToAllocate unwound(&returns);
      throw std::bad_alloc();
    } catch (const std::bad_alloc&) {
    }
  }
  EXPECT_EQ(returns, 3);
  refill_memory_reserve();
  EXPECT_THROW(std::get_new_handler()(), std::bad_alloc);
}

}  // namespace
}  // namespace segue
