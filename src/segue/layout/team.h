// A pool of threads for short loops that run thousands of times.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace segue::layout {

// parallel_for (base/parallel.h) without creating threads for each loop; between loops they sleep. Not thread safe.
class Team {
 public:
  // The caller is one of them. Fewer if the system refuses more. REQUIRES: threads > 0
  explicit Team(std::size_t threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  std::size_t size() const { return others_.size() + 1; }

  // Splits [0, count) into pieces of at most `grain` and runs body(begin, end) for each, handed out in order. The first
  // exception is rethrown here once all threads are done.
  using Body = std::function<void(std::size_t begin, std::size_t end)>;
  void for_pieces(std::size_t count, std::size_t grain, const Body& body);

 private:
  void live();
  void work();

  std::atomic<std::uint32_t> loop_{0};  // the number of the loop; a change wakes the threads
  std::atomic<std::size_t> busy_{0};    // how many of the others have not finished the loop
  std::atomic<bool> ending_{false};

  // The loop, written before loop_ and read after it.
  const Body* body_ = nullptr;
  std::size_t count_ = 0;
  std::size_t grain_ = 1;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::exception_ptr first_;

  std::vector<std::jthread> others_;  // last, so that they end before the members they use
};

}  // namespace segue::layout
