// Trains blocks of queues, one after another, on one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "segue/train/examples.h"
#include "segue/train/kernels/step.h"
#include "segue/train/shared_rows.h"

namespace segue::train {

struct BlockReport {
  double loss = 0;          // sum over the pairs, from a sample of the examples
  std::uint64_t pairs = 0;  // played songs, each once for every centre
  std::uint64_t plays_seen = 0;
  std::uint64_t plays_kept = 0;
};

// Damping (step.h) for noise songs with the weight of a whole context. 0 for pairs, which are trained as published.
double damping_of(const TrainOptions& options);

// One example in this many contributes to the loss, starting with the first.
inline constexpr std::size_t kExamplesPerLoss = 16;

// On its own cache lines: workers are adjacent in a vector, and each writes to itself with every example.
template <class Number>
class alignas(64) Worker {
 public:
  // The kernel and the rows' matrices have to outlive the worker.
  Worker(const StepKernel& kernel, const SharedRows<Number>& rows);

  // Trains all examples of the stream. `rounding` seeds the random numbers for rounding to Bf16. `plays_done` is the
  // progress of training when the block was assigned, out of `plays_total` (schedule.h).
  BlockReport train(ExampleStream& stream, const TrainOptions& options, Random rounding, std::uint64_t plays_done,
                    std::uint64_t plays_total);

 private:
  // An example whose rows are on their way into the cache.
  struct Upcoming {
    Example example;
    std::vector<Number*> inputs;
    std::vector<Number*> outputs;
  };
  // Examples between the one being drawn and the one being trained: enough to hide the memory's latency behind the
  // arithmetic, few enough to stay in L1.
  static constexpr std::size_t kAhead = 4;

  bool fetch(ExampleStream& stream, Upcoming& slot);

  StepFunction<Number> step_;
  SharedRows<Number> rows_;
  std::vector<float> scratch_;
  std::array<std::uint32_t, kRandomWords> random_{};
  std::array<Upcoming, kAhead> ring_;
};

extern template class Worker<float>;
extern template class Worker<math::Bf16>;

}  // namespace segue::train
