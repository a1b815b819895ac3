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

// Divides what large weights do (step.h): of noise songs that stand against a whole context at once. A pair as
// published is left alone.
double damping_of(const TrainOptions& options);

// One example in so many has its loss taken, the first one among them.
inline constexpr std::size_t kExamplesPerLoss = 16;

// On cache lines of its own: workers lie side by side in a vector, and each writes to itself with every example.
template <class Number>
class alignas(64) Worker {
 public:
  // The kernel has to outlive the worker, the rows' matrices too.
  Worker(const StepKernel& kernel, const SharedRows<Number>& rows);

  // Takes all examples of the stream. `rounding` starts the random numbers that Bf16 is rounded with. `plays_done` is
  // what training had done when the block was dealt, out of `plays_total` (schedule.h).
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
