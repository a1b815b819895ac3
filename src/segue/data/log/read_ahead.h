// Reads on a thread of its own, a few batches ahead of the caller.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "segue/data/log/rows.h"

namespace segue::data {

template <class Batch>
class ReadAhead {
 public:
  // `read` returns the next batch, nothing at the end; it is called on the other thread only.
  explicit ReadAhead(std::function<std::optional<Batch>()> read)
      : read_(std::move(read)), thread_([this] { read_all(); }) {}

  // Waits for the current read.
  ~ReadAhead() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // The next batch; nothing at the end. Exceptions of `read` are thrown here, after the batches before them.
  std::optional<Batch> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || !batches_.empty(); });
    if (!batches_.empty()) {
      std::optional<Batch> batch = std::move(batches_.front());
      batches_.pop_front();
      changed_.notify_all();
      return batch;
    }
    if (error_) std::rethrow_exception(error_);
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kMostBatches = 4;

  // True if another batch is wanted.
  bool put(Batch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || batches_.size() < kMostBatches; });
    batches_.push_back(std::move(batch));
    changed_.notify_all();
    return !stopping_;
  }

  void end(std::exception_ptr with) {
    const std::lock_guard lock(mutex_);
    error_ = std::move(with);
    ended_ = true;
    changed_.notify_all();
  }

  void read_all() {
    try {
      while (auto batch = read_()) {
        if (!put(*std::move(batch))) break;
      }
      end(nullptr);
    } catch (...) {
      end(std::current_exception());
    }
  }

  std::function<std::optional<Batch>()> read_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> batches_;
  std::exception_ptr error_;
  bool ended_ = false;
  bool stopping_ = false;
  std::jthread thread_;  // last, so that it ends before the members it uses
};

// The same rows, read ahead from the first next() on.
std::unique_ptr<RowReader> rows_read_ahead(std::unique_ptr<RowReader> rows);

}  // namespace segue::data
