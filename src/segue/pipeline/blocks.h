// Work on blocks of listeners in three stages that overlap: reading, computing on all threads, writing in order.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <stop_token>
#include <utility>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/progress.h"
#include "segue/pipeline/histories.h"

namespace segue::pipeline {

// Reads `source` on the caller's thread. compute(block) may use many threads and write(result) is called in the order
// of the blocks; at most one of each runs at a time, on threads of their own. `what` is for progress, `stays` says what
// is left of an interrupted run. Throws what the three throw, and interrupted.
template <class Result>
void in_blocks(HistorySource& source, std::uint64_t skipped, const char* what, const char* stays,
               const std::function<Result(std::vector<ListenerHistory>&& block)>& compute,
               const std::function<void(Result&& result)>& write, Progress& progress, const std::stop_token& stop) {
  std::future<void> writing;  // of the block before the last
  std::future<Result> computing;
  std::uint64_t done = skipped;
  const auto write_computed = [&] {
    if (!computing.valid()) return;
    Result result = computing.get();
    if (writing.valid()) writing.get();
    writing = std::async(std::launch::async, [&write, made = std::move(result)]() mutable { write(std::move(made)); });
  };
  progress.begin(what, source.size(), source.unit());
  source.read(skipped, [&](std::vector<ListenerHistory>&& block) {
    if (stop.stop_requested()) fail(ErrorCode::interrupted, "stopped; {}", stays);
    progress.update(done, "");
    done += block.size();
    write_computed();
    computing = std::async(std::launch::async,
                           [&compute, taken = std::move(block)]() mutable { return compute(std::move(taken)); });
  });
  write_computed();
  if (writing.valid()) writing.get();
  progress.update(done, "");
  progress.end();
}

}  // namespace segue::pipeline
