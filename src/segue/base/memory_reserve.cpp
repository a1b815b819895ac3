#include "segue/base/memory_reserve.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <new>
#include <thread>

namespace segue {

namespace {

// Small enough to come from the heap and to return to it, rather than from a map of its own.
constexpr std::size_t kReserve = 64 << 10;
constexpr std::chrono::milliseconds kBetweenTries{1};

std::atomic<void*> reserve = nullptr;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

// Returns to have the allocation tried again.
void on_failed_allocation() {
  if (std::uncaught_exceptions() == 0) throw std::bad_alloc();
  if (void* const memory = reserve.exchange(nullptr)) {
    std::free(memory);
  } else {
    std::this_thread::sleep_for(kBetweenTries);
  }
}

}  // namespace

void reserve_memory_for_unwinding() {
  refill_memory_reserve();
  std::set_new_handler(on_failed_allocation);
}

void refill_memory_reserve() {
  if (reserve.load() != nullptr) return;
  void* const memory = std::malloc(kReserve);
  void* none = nullptr;
  if (memory != nullptr && !reserve.compare_exchange_strong(none, memory)) std::free(memory);
}

}  // namespace segue
