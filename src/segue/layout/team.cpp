#include "segue/layout/team.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "segue/base/error.h"

namespace segue::layout {

Team::Team(std::size_t threads) {
  SEGUE_ASSERT(threads > 0);
  others_.reserve(threads - 1);
  try {
    while (others_.size() + 1 < threads) others_.emplace_back([this] { live(); });
  } catch (const std::system_error&) {  // no more threads to be had: fewer will do
  }
}

Team::~Team() {
  ending_ = true;
  ++loop_;
  loop_.notify_all();
}

// Takes part in every loop: for_pieces does not start another before all threads finished this one.
void Team::live() {
  for (std::uint32_t seen = 0;;) {
    loop_.wait(seen);
    ++seen;
    if (ending_) return;
    work();
    if (--busy_ == 0) busy_.notify_one();
  }
}

void Team::work() {
  try {
    for (std::size_t begin = next_.fetch_add(grain_); begin < count_; begin = next_.fetch_add(grain_)) {
      (*body_)(begin, std::min(count_, begin + grain_));
    }
  } catch (...) {
    next_ = count_;  // the others stop at their next piece
    const std::lock_guard lock(mutex_);
    if (!first_) first_ = std::current_exception();
  }
}

void Team::for_pieces(std::size_t count, std::size_t grain, const Body& body) {
  SEGUE_ASSERT(grain > 0);
  body_ = &body;
  count_ = count;
  grain_ = grain;
  next_ = 0;
  const bool alone = others_.empty() || count <= grain;
  if (!alone) {
    busy_ = others_.size();
    ++loop_;
    loop_.notify_all();
  }
  work();
  if (!alone) {
    for (std::size_t busy = busy_; busy > 0; busy = busy_) busy_.wait(busy);
  }
  if (first_) std::rethrow_exception(std::exchange(first_, nullptr));
}

}  // namespace segue::layout
