#include "segue/store/group_commit.h"

#include <new>

namespace segue::store {

namespace {

enum class Outcome { added, refused, no_addition_can };  // no_addition_can: the store is unavailable or full

void refuse(std::span<Addition* const> additions, ErrorCode code, std::string_view why) noexcept {
  for (Addition* const addition : additions) {
    addition->error = code;
    try {
      addition->why = why;
    } catch (const std::bad_alloc&) {  // the code alone will do
    }
  }
}

Outcome commit_together(const GroupCommit::Commit& commit, std::span<Addition* const> additions) noexcept {
  try {
    commit(additions);
    for (Addition* const addition : additions) addition->error = std::nullopt;
    return Outcome::added;
  } catch (const Error& error) {
    refuse(additions, error.code(), error.what());
    const bool no_addition_can = error.code() == ErrorCode::unavailable || error.code() == ErrorCode::no_space;
    return no_addition_can ? Outcome::no_addition_can : Outcome::refused;
  } catch (const std::bad_alloc&) {
    refuse(additions, ErrorCode::no_space, "out of memory");  // a smaller commit may need less
    return Outcome::refused;
  }
}

}  // namespace

void GroupCommit::commit_each(std::span<Addition* const> additions) const noexcept {
  if (commit_together(commit_, additions) != Outcome::refused || additions.size() == 1) return;
  for (std::size_t i = 0; i < additions.size(); ++i) {
    if (commit_together(commit_, additions.subspan(i, 1)) != Outcome::no_addition_can) continue;
    refuse(additions.subspan(i + 1), *additions[i]->error, additions[i]->why);
    return;
  }
}

AddedListens GroupCommit::add(std::span<const StoredListen> listens) {
  if (listens.empty()) return {};
  Addition own{.listens = listens, .events = {}, .added = {}, .error = {}, .why = {}};
  return add(own);
}

AddedListens GroupCommit::add(std::span<const StoredEvent> events) {
  if (events.empty()) return {};
  Addition own{.listens = {}, .events = events, .added = {}, .error = {}, .why = {}};
  return add(own);
}

AddedListens GroupCommit::add(Addition& own) {
  std::unique_lock lock(mutex_);
  queue_.push_back(&own);
  while (!own.done) {
    if (!group_.empty()) {
      changed_.wait(lock);
      continue;
    }
    // No commit is running: this thread commits for all that wait. Nothing here can throw, so no thread waits for ever.
    group_.swap(queue_);
    lock.unlock();
    commit_each(group_);
    lock.lock();
    for (Addition* const addition : group_) addition->done = true;
    group_.clear();
    changed_.notify_all();
  }
  lock.unlock();
  if (own.error) throw Error(*own.error, own.why);
  return own.added;
}

std::size_t GroupCommit::waiting() const {
  const std::scoped_lock lock(mutex_);
  return queue_.size() + group_.size();
}

}  // namespace segue::store
