// Trains blocks of queues, one after another, on one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "segue/train/examples.h"
#include "segue/train/shared_rows.h"
#include "segue/train/step.h"

namespace segue {

struct BlockReport {
  double loss = 0;          // sum over the examples
  std::uint64_t pairs = 0;  // examples
  std::uint64_t plays_seen = 0;
  std::uint64_t plays_kept = 0;
};

// On cache lines of its own: workers lie side by side in a vector, and each writes to itself with every example.
class alignas(64) Worker {
 public:
  // The kernel has to outlive the worker, the rows' matrices too.
  Worker(const StepKernel& kernel, const SharedRows& rows);

  // Takes all examples of the stream. `plays_done` is what training had done when the block was dealt, out of
  // `plays_total` (schedule.h).
  BlockReport train(ExampleStream& stream, const TrainOptions& options, std::uint64_t plays_done,
                    std::uint64_t plays_total);

 private:
  // An example whose rows are on their way into the cache.
  struct Upcoming {
    Example example;
    std::vector<float*> inputs;
    std::vector<float*> outputs;
  };
  // Examples between the one being drawn and the one being trained: with 6 new rows each, enough to hide the memory's
  // latency behind the arithmetic, few enough to stay in L1.
  static constexpr std::size_t kAhead = 4;

  bool fetch(ExampleStream& stream, Upcoming& slot);

  const StepKernel& kernel_;
  SharedRows rows_;
  std::vector<float> scratch_;
  std::array<Upcoming, kAhead> ring_;
};

}  // namespace segue
