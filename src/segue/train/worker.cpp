#include "segue/train/worker.h"

#include "segue/train/schedule.h"

namespace segue::train {

// Measured (docs/decisions/0005): the less damping, the lower the hit rate of shared noise; 32 is about as good.
double damping_of(const TrainOptions& options) {
  return options.negative_sharing == NegativeSharing::pair ? 0 : 16;
}

template <class Number>
Worker<Number>::Worker(const StepKernel& kernel, const SharedRows<Number>& rows)
    : step_(kernel.step_for<Number>()), rows_(rows), scratch_(2 * rows.length()) {}

// Draws the next example and prefetches its rows.
template <class Number>
bool Worker<Number>::fetch(ExampleStream& stream, Upcoming& slot) {
  Example& example = slot.example;
  if (!stream.next(example)) return false;
  for (const std::uint32_t song : example.fresh_inputs) {
    rows_.prefetch(rows_.input(song));
    rows_.note_input(song);
  }
  for (const std::uint32_t song : example.fresh_outputs) {
    rows_.prefetch(rows_.output(song));
    rows_.note_output(song);
  }
  slot.inputs.resize(example.inputs.size());
  slot.outputs.resize(example.outputs.size());
  for (std::size_t i = 0; i < slot.inputs.size(); ++i) slot.inputs[i] = rows_.input(example.inputs[i]);
  for (std::size_t i = 0; i < slot.outputs.size(); ++i) slot.outputs[i] = rows_.output(example.outputs[i]);
  return true;
}

template <class Number>
BlockReport Worker<Number>::train(ExampleStream& stream, const TrainOptions& options, Random rounding,
                                  std::uint64_t plays_done, std::uint64_t plays_total) {
  for (std::uint32_t& word : random_) word = static_cast<std::uint32_t>(rounding() >> 32) | 1U;
  const auto damping = static_cast<float>(damping_of(options));
  BlockReport report;
  std::uint64_t pairs_with_loss = 0;
  std::uint64_t plays_before = 0;
  float rate = 0;
  std::size_t drawn = 0;
  while (drawn < kAhead && fetch(stream, ring_[drawn])) ++drawn;
  for (std::size_t trained = 0; trained < drawn; ++trained) {
    Upcoming& slot = ring_[trained % kAhead];
    const Example& example = slot.example;
    if (example.plays_before != plays_before || trained == 0) {
      plays_before = example.plays_before;
      rate = static_cast<float>(learning_rate_at(options, plays_done + plays_before, plays_total));
    }
    const bool loss = trained % kExamplesPerLoss == 0;
    const StepRows<Number> rows{.inputs = slot.inputs,
                                .outputs = slot.outputs,
                                .played = example.played,
                                .noise_weight = example.noise_weight,
                                .length = rows_.length(),
                                .scratch = scratch_.data(),
                                .random = random_.data()};
    report.loss += static_cast<double>(step_(rows, {rate, damping, loss}));
    report.pairs += example.played;
    if (loss) pairs_with_loss += example.played;
    if (fetch(stream, slot)) ++drawn;
  }
  if (pairs_with_loss > 0) report.loss *= static_cast<double>(report.pairs) / static_cast<double>(pairs_with_loss);
  report.plays_seen = stream.plays_seen();
  report.plays_kept = stream.plays_kept();
  return report;
}

template class Worker<float>;
template class Worker<math::Bf16>;

}  // namespace segue::train
