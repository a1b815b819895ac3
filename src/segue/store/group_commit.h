// Group commit: additions that arrive while a commit is on its way wait for it, and are then committed together by one
// of the threads that brought them, so that the syncs a second, not the clients, bound the rate.
//
// A group fails as one where the store is away or full. Where it fails for another reason each of its additions is
// tried again by itself, so that a bad one is refused alone.
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

// Listens that wait to be committed, on the stack of the thread that brought them.
struct Addition {
  std::span<const StoredListen> listens;
  AddedListens added;              // set by who commits
  std::optional<ErrorCode> error;  // they are not there, and why: each thread throws an exception of its own
  std::string why;
  bool done = false;
};

// Thread safe.
class GroupCommit {
 public:
  // Makes all of the additions durable and sets their `added`, or throws and none of them is there (or, where it throws
  // unavailable, it cannot be known). Called by one thread at a time, of those in add().
  using Commit = std::function<void(std::span<Addition* const> additions)>;

  explicit GroupCommit(Commit commit) : commit_(std::move(commit)) {}

  // Returns when they are durable; throws the Error that Commit threw, no_space for std::bad_alloc.
  AddedListens add(std::span<const StoredListen> listens);
  // Additions that wait, those being committed now too.
  std::size_t waiting() const;

 private:
  void commit_each(std::span<Addition* const> additions) const noexcept;

  const Commit commit_;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::vector<Addition*> queue_;
  std::vector<Addition*> group_;  // being committed; empty where nobody commits
};

}  // namespace segue::store
