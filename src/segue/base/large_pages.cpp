#include "segue/base/large_pages.h"

#include <cerrno>
#include <cstdint>
#include <limits>
#include <new>

#include <fcntl.h>
#include <sys/mman.h>

#include "segue/base/error.h"
#include "segue/base/file.h"

namespace segue {

namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20;

// How much to map for `bytes`: whole large pages, unless less than one is wanted.
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
  // mmap() aligns to small pages: map one large page more than needed, and unmap the parts before and after.
  std::byte* const first = map(whole + kLargePage);
  const std::size_t before = kLargePage - reinterpret_cast<std::uintptr_t>(first) % kLargePage;
  ::munmap(first, before);
  if (before < kLargePage) ::munmap(first + before + whole, kLargePage - before);
  ::madvise(first + before, whole, MADV_HUGEPAGE);  // without large pages, the small ones stay
  bytes_ = {first + before, bytes};
}

LargePages::LargePages(std::size_t bytes, const std::filesystem::path& folder) {
  if (bytes == 0) return;
  const std::size_t whole = mapped(bytes);
  const FileHandle file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file) fail_errno(folder.string(), errno);
  // A page that the disk has no room for would end the process when it is written.
  if (const int error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(whole)); error != 0) {
    fail_errno(folder.string(), error);
  }
  void* const memory = ::mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) fail_errno(folder.string(), errno);
  bytes_ = {static_cast<std::byte*>(memory), bytes};
}

LargePages& LargePages::operator=(LargePages&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

LargePages::~LargePages() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), mapped(bytes_.size()));
}

}  // namespace segue
