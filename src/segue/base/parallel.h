// Loops over all cores.
#pragma once

#include <cstddef>
#include <functional>

namespace segue {

// The number of threads to use for `requested`: itself, or for 0 what the process may run on.
std::size_t thread_count(std::size_t requested);

// Runs body(worker) for worker = 0 ... threads-1, each on its own thread (the last on the caller's), and waits for all.
// The first exception thrown is thrown again here, after all have ended.
void run_workers(std::size_t threads, const std::function<void(std::size_t worker)>& body);

// Splits [0, count) into pieces of at most `grain` and runs body(begin, end) on up to `threads` threads, pieces dealt
// in order as threads come free. Exceptions as in run_workers.
void parallel_for(std::size_t count, std::size_t grain, std::size_t threads,
                  const std::function<void(std::size_t begin, std::size_t end)>& body);

}  // namespace segue
