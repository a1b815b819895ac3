#include "segue/base/large_pages.h"

#include <cstdint>
#include <limits>
#include <new>

#include <sys/mman.h>

namespace segue {

namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20;

// Of what is mapped for so many bytes: less than a large page is not worth one.
std::size_t mapped(std::size_t bytes) {
  return bytes < kLargePage ? bytes : (bytes + kLargePage - 1) / kLargePage * kLargePage;
}

std::byte* map(std::size_t bytes) {
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return static_cast<std::byte*>(memory);
}

}  // namespace

LargePages::LargePages(std::size_t bytes) {
  if (bytes == 0) return;
  if (bytes > std::numeric_limits<std::size_t>::max() / 2) throw std::bad_alloc();
  const std::size_t whole = mapped(bytes);
  if (whole < kLargePage) {
    bytes_ = {map(whole), bytes};
    return;
  }
  // The system hands out memory by small pages: of a large one more than is needed, what lies before and behind goes
  // back.
  std::byte* const first = map(whole + kLargePage);
  const std::size_t before = kLargePage - reinterpret_cast<std::uintptr_t>(first) % kLargePage;
  ::munmap(first, before);
  if (before < kLargePage) ::munmap(first + before + whole, kLargePage - before);
  ::madvise(first + before, whole, MADV_HUGEPAGE);  // a system without them keeps its small ones
  bytes_ = {first + before, bytes};
}

LargePages& LargePages::operator=(LargePages&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

LargePages::~LargePages() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), mapped(bytes_.size()));
}

}  // namespace segue
