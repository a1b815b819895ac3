#include "segue/data/log/read_ahead.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace segue::data {

namespace {
constexpr std::size_t kMostBatches = 2;
}

struct ReadAhead::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<LogBatch> batches;
  std::exception_ptr error;
  bool ended = false;
  bool stopping = false;
  std::jthread thread;  // last, so that it ends before the members it uses

  // True if another batch is wanted.
  bool put(LogBatch batch) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return stopping || batches.size() < kMostBatches; });
    batches.push_back(std::move(batch));
    changed.notify_all();
    return !stopping;
  }

  void end(std::exception_ptr with) {
    const std::lock_guard lock(mutex);
    error = std::move(with);
    ended = true;
    changed.notify_all();
  }

  void read_all(LogReader& reader) {
    try {
      while (auto rows = reader.next()) {
        if (!put(*std::move(rows))) break;
      }
      end(nullptr);
    } catch (...) {
      end(std::current_exception());
    }
  }
};

ReadAhead::ReadAhead(LogReader& reader) : state_(std::make_unique<State>()) {
  state_->thread = std::jthread([state = state_.get(), &reader] { state->read_all(reader); });
}

ReadAhead::~ReadAhead() {
  const std::lock_guard lock(state_->mutex);
  state_->stopping = true;
  state_->changed.notify_all();
}

std::optional<LogBatch> ReadAhead::next() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [&] { return state_->ended || !state_->batches.empty(); });
  if (!state_->batches.empty()) {
    std::optional<LogBatch> batch = std::move(state_->batches.front());
    state_->batches.pop_front();
    state_->changed.notify_all();
    return batch;
  }
  if (state_->error) std::rethrow_exception(state_->error);
  return std::nullopt;
}

}  // namespace segue::data
