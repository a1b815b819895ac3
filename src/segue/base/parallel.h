// Loops on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace segue {

// The number of threads for `requested`: that many, or if it is 0 as many as the CPUs the process may run on.
std::size_t thread_count(std::size_t requested);

// Runs body(worker) for worker = 0 ... threads-1, each on its own thread (the last on the caller's), and waits for all.
// If the system refuses more threads, the caller's runs the bodies left over, so bodies must not wait for each other.
// Rethrows the first exception after all have ended.
void run_workers(std::size_t threads, const std::function<void(std::size_t worker)>& body);

// Throws unavailable if the system would refuse this many more threads now. For code that cannot do with fewer.
void require_threads(std::size_t count);

// Splits [0, count) into pieces of at most `grain` and runs body(begin, end) on up to `threads` threads, which take the
// pieces in order. Exceptions as in run_workers.
void parallel_for(std::size_t count, std::size_t grain, std::size_t threads,
                  const std::function<void(std::size_t begin, std::size_t end)>& body);

}  // namespace segue
