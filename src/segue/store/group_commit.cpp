#include "segue/store/group_commit.h"

#include <chrono>

#include "segue/base/error.h"

namespace segue {

namespace {

enum class Outcome { added, refused, none_can };  // none_can: the store is away or full

Outcome commit_together(const GroupCommit::Commit& commit, std::span<Addition* const> additions) noexcept {
  Outcome outcome = Outcome::refused;
  std::exception_ptr error;
  try {
    commit(additions);
    outcome = Outcome::added;
  } catch (const Error& caught) {
    if (caught.code() == ErrorCode::unavailable || caught.code() == ErrorCode::no_space) outcome = Outcome::none_can;
    error = std::current_exception();
  } catch (...) {
    error = std::current_exception();
  }
  for (Addition* const addition : additions) addition->error = error;
  return outcome;
}

}  // namespace

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void GroupCommit::commit_each(std::span<Addition* const> additions) const noexcept {
  if (commit_together(commit_, additions) != Outcome::refused || additions.size() == 1) return;
  for (std::size_t i = 0; i < additions.size(); ++i) {
    if (commit_together(commit_, additions.subspan(i, 1)) != Outcome::none_can) continue;
    for (Addition* const later : additions.subspan(i + 1)) later->error = additions[i]->error;
    return;
  }
}

AddedListens GroupCommit::add(std::span<const StoredListen> listens) {
  if (listens.empty()) return {};
  Addition own{.listens = listens, .added = {}, .error = nullptr};
  std::unique_lock lock(mutex_);
  queue_.push_back(&own);
  while (!own.done) {
    if (!group_.empty()) {
      changed_.wait(lock);
      continue;
    }
    // Nobody commits: this thread does, for all that wait. Nothing here can throw, so nobody waits for ever.
    group_.swap(queue_);
    lock.unlock();
    commit_each(group_);
    lock.lock();
    for (Addition* const addition : group_) addition->done = true;
    group_.clear();
    changed_.notify_all();
  }
  lock.unlock();
  if (own.error) std::rethrow_exception(own.error);
  return own.added;
}

std::size_t GroupCommit::waiting() const {
  const std::scoped_lock lock(mutex_);
  return queue_.size() + group_.size();
}

}  // namespace segue
