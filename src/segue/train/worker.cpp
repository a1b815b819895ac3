#include "segue/train/worker.h"

#include "segue/train/schedule.h"

namespace segue {

Worker::Worker(const StepKernel& kernel, const SharedRows& rows)
    : kernel_(kernel), rows_(rows), scratch_(2 * rows.length()) {}

// Draws the next example and asks for its rows.
bool Worker::fetch(ExampleStream& stream, Upcoming& slot) {
  if (!stream.next(slot.example)) return false;
  slot.inputs.clear();
  slot.outputs.clear();
  for (const std::uint32_t song : slot.example.inputs) slot.inputs.push_back(rows_.input(song));
  for (const std::uint32_t song : slot.example.outputs) slot.outputs.push_back(rows_.output(song));
  for (const float* row : slot.inputs) rows_.prefetch(row);
  for (const float* row : slot.outputs) rows_.prefetch(row);
  return true;
}

BlockReport Worker::train(ExampleStream& stream, const TrainOptions& options, std::uint64_t plays_done,
                          std::uint64_t plays_total) {
  BlockReport report;
  std::size_t drawn = 0;
  while (drawn < kAhead && fetch(stream, ring_[drawn])) ++drawn;
  for (std::size_t trained = 0; trained < drawn; ++trained) {
    Upcoming& slot = ring_[trained % kAhead];
    const double rate = learning_rate_at(options, plays_done + slot.example.plays_before, plays_total);
    report.loss += static_cast<double>(
        kernel_.step({slot.inputs, slot.outputs, rows_.length(), scratch_.data()}, static_cast<float>(rate)));
    if (fetch(stream, slot)) ++drawn;
  }
  report.pairs = drawn;
  report.plays_seen = stream.plays_seen();
  report.plays_kept = stream.plays_kept();
  return report;
}

}  // namespace segue
