// Group commit: additions that arrive during a commit wait for it, and are then committed together by one of the
// threads that brought them. So the rate of syncs, not the number of clients, bounds the throughput.
//
// A group fails as a whole if the store is unavailable or full. If it fails for another reason, each of its additions
// is retried by itself, so that only a bad one is refused.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/error.h"
#include "segue/store/store.h"

namespace segue::store {

// Listens or events waiting to be committed, on the stack of the thread that brought them.
struct Addition {
  std::span<const StoredListen> listens;
  std::span<const StoredEvent> events;
  AddedListens added;              // set by the committing thread
  std::optional<ErrorCode> error;  // set if they were not added: each thread throws an exception of its own
  std::string why;
  bool done = false;
};

// Thread safe.
class GroupCommit {
 public:
  // Makes all of the additions durable and sets their `added`, or throws and adds none of them (after unavailable it is
  // unknown whether they were added). Called by one thread at a time, one of those in add().
  using Commit = std::function<void(std::span<Addition* const> additions)>;

  explicit GroupCommit(Commit commit) : commit_(std::move(commit)) {}

  // Returns once they are durable; throws the Error that Commit threw, no_space for std::bad_alloc.
  AddedListens add(std::span<const StoredListen> listens);
  AddedListens add(std::span<const StoredEvent> events);
  // The number of waiting additions, including those being committed now.
  std::size_t waiting() const;

 private:
  AddedListens add(Addition& own);
  void commit_each(std::span<Addition* const> additions) const noexcept;

  const Commit commit_;
  mutable std::mutex mutex_;  // of the members below
  std::condition_variable changed_;
  std::vector<Addition*> queue_;
  std::vector<Addition*> group_;  // being committed; empty if no commit is running
};

}  // namespace segue::store
