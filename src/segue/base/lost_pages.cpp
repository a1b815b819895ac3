#include "segue/base/lost_pages.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <mutex>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace segue {

// A place in the list of maps. Slots are never freed, so the handler may look at any of them at any time. `version` is
// odd while the addresses change; a slot that changes while the handler looks is not that of the faulting map, whose
// reader keeps it alive.
struct WatchedPages::Slot {
  std::atomic<std::uint64_t> version{0};
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};  // 0: free
  std::atomic<bool> lost{false};

  void set(std::uintptr_t first, std::uintptr_t last) {
    ++version;
    begin = first;
    end = last;
    lost = false;
    ++version;
  }

  // The end of its map if `address` lies in it, else 0. Signal safe.
  std::uintptr_t end_if_holds(std::uintptr_t address) const {
    const std::uint64_t before = version;
    const std::uintptr_t first = begin;
    const std::uintptr_t last = end;
    const bool stable = before % 2 == 0 && version == before;
    return stable && first <= address && address < last ? last : 0;
  }
};

struct WatchedPages::Slots {
  std::array<Slot, 64> slots;
  std::atomic<Slots*> next{nullptr};
};

// The list of maps and the handler.
struct LostPages {
  using Slot = WatchedPages::Slot;
  using Slots = WatchedPages::Slots;

  static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<std::uintptr_t>::is_always_lock_free &&
                std::atomic<bool>::is_always_lock_free && std::atomic<Slots*>::is_always_lock_free);

  static inline std::mutex changing;  // guards taking and giving back slots; never touched by the handler
  static inline Slots first;
  static inline std::atomic<std::uint64_t> count{0};
  static inline struct sigaction before {};  // written before the handler is installed
  static inline std::uintptr_t page_bytes = 0;

  static Slot& free_slot() {
    for (Slots* block = &first;; block = block->next) {
      for (Slot& slot : block->slots) {
        if (slot.end == 0) return slot;
      }
      if (block->next == nullptr) block->next = new Slots();
    }
  }

  // Zeros from the page of `address` to `end`, in place of the map.
  static bool put_zeros(std::uintptr_t address, std::uintptr_t end) {
    const std::uintptr_t begin = address / page_bytes * page_bytes;
    // The system call itself: sanitizers replace mmap() by a function that is not signal safe.
    const long mapped = ::syscall(SYS_mmap, begin, end - begin, PROT_READ,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0L);
    return mapped != -1;
  }

  static bool replaced(std::uintptr_t address) {
    for (Slots* block = &first; block != nullptr; block = block->next) {
      for (Slot& slot : block->slots) {
        const std::uintptr_t end = slot.end_if_holds(address);
        if (end == 0) continue;
        slot.lost = true;  // before the zeros can be read
        ++count;
        return put_zeros(address, end);
      }
    }
    return false;
  }

  static void handle(int signal, siginfo_t* info, void* /*context*/) {
    const int error_number = errno;
    const bool is_fault = info->si_code > 0;  // raised by the kernel, not sent by a process
    // On return the instruction is tried again: it reads zeros, or raises the signal with what was there before.
    if (!is_fault || !replaced(reinterpret_cast<std::uintptr_t>(info->si_addr))) {
      ::sigaction(signal, &before, nullptr);
      if (!is_fault) ::raise(signal);
    }
    errno = error_number;
  }
};

void survive_lost_pages() {
  static std::once_flag installed;
  std::call_once(installed, [] {
    LostPages::page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action {};
    action.sa_sigaction = LostPages::handle;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, nullptr, &LostPages::before);
    ::sigaction(SIGBUS, &action, nullptr);
  });
}

std::uint64_t lost_pages() {
  return LostPages::count;
}

WatchedPages::WatchedPages(std::span<const std::byte> map) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(map.data());
  const std::uintptr_t end = (begin + map.size() + page - 1) / page * page;
  const std::scoped_lock lock(LostPages::changing);
  slot_ = &LostPages::free_slot();
  slot_->set(begin, end);
}

WatchedPages::~WatchedPages() {
  const std::scoped_lock lock(LostPages::changing);
  slot_->set(0, 0);
}

bool WatchedPages::lost() const {
  return slot_->lost;
}

}  // namespace segue
