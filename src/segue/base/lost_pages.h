// Surviving a mapped file that was truncated.
//
// Reading a page that the file under a map has no more raises SIGBUS, which ends the process. A server cannot accept
// that from `cp` or `rsync --inplace` over its model. After survive_lost_pages() the handler of SIGBUS looks the
// address up among the watched maps, puts zero pages in place of the rest of that map, marks it as lost and returns:
// the reader reads zeros. Whoever reads then has to ask lost_pages() before it uses a result, and must be memory safe
// on zeros: what was checked at opening (offsets, lengths) is not checked again, so it has to be copied out of the map.
// Any other SIGBUS has the effect it would have without the handler.
//
// The handler takes no lock, allocates nothing and calls only mmap(), sigaction() and atomics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace segue {

// Installs the handler, once. Threads that read maps must not block SIGBUS.
void survive_lost_pages();

// How often a page was lost in this process.
std::uint64_t lost_pages();

// A map the handler knows while this object lives. REQUIRES: it begins at a page, is not empty, and outlives the
// object.
class WatchedPages {
 public:
  explicit WatchedPages(std::span<const std::byte> map);
  ~WatchedPages();
  WatchedPages(const WatchedPages&) = delete;
  WatchedPages& operator=(const WatchedPages&) = delete;

  bool lost() const;  // a page of it was read that the file no longer had

 private:
  struct Slot;
  struct Slots;
  friend struct LostPages;
  Slot* slot_;
};

}  // namespace segue
