#include "segue/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <latch>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <sched.h>

#include "segue/base/error.h"

namespace segue {

std::size_t thread_count(std::size_t requested) {
  if (requested > 0) return requested;
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    return static_cast<std::size_t>(std::max(1, CPU_COUNT(&allowed)));
  }
  return std::max(1U, std::thread::hardware_concurrency());
}

void run_workers(std::size_t threads, const std::function<void(std::size_t)>& body) {
  SEGUE_ASSERT(threads > 0);
  std::mutex mutex;
  std::exception_ptr first;
  const auto guarded = [&](std::size_t worker) {
    try {
      body(worker);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!first) first = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    others.reserve(threads - 1);
    try {
      while (others.size() + 1 < threads) others.emplace_back(guarded, others.size());
    } catch (const std::system_error&) {  // no more threads to be had: the caller does their work too
    }
    for (std::size_t worker = others.size(); worker < threads; ++worker) guarded(worker);
  }
  if (first) std::rethrow_exception(first);
}

void require_threads(std::size_t count) {
  std::latch counted(1);
  std::vector<std::jthread> threads;
  threads.reserve(count);
  try {
    while (threads.size() < count) threads.emplace_back([&] { counted.wait(); });
  } catch (const std::system_error& error) {
    counted.count_down();
    fail(ErrorCode::unavailable, "expected {} threads, got {}: {} (limits: ulimit -u, TasksMax, pids.max)", count,
         threads.size(), error.code().message());
  } catch (...) {
    counted.count_down();
    throw;
  }
  counted.count_down();
}

void parallel_for(std::size_t count, std::size_t grain, std::size_t threads,
                  const std::function<void(std::size_t, std::size_t)>& body) {
  SEGUE_ASSERT(grain > 0);
  const std::size_t pieces = (count + grain - 1) / grain;
  std::atomic<std::size_t> next{0};
  const auto work = [&](std::size_t) {
    try {
      for (std::size_t piece = next++; piece < pieces; piece = next++) {
        body(piece * grain, std::min(count, (piece + 1) * grain));
      }
    } catch (...) {
      next = pieces;  // the others stop at their next piece
      throw;
    }
  };
  if (pieces > 0) run_workers(std::clamp<std::size_t>(threads, 1, pieces), work);
}

}  // namespace segue
