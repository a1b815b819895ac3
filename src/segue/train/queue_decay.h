// How much a queue counts by its age: half after one half-life, so that vectors follow what is played now.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "segue/data/dataset/queues.h"

namespace segue::train {

// An epoch trains a queue with this chance, which weighs its gradient by it on average.
class QueueDecay {
 public:
  QueueDecay() = default;  // all queues count in full
  // half_life 0: all in full. Throws bad_input if there is a half-life and no queue has a time.
  QueueDecay(const data::Queues& queues, std::chrono::milliseconds half_life);

  // 2^(-age / half-life), age before the newest queue; 1 for a queue without a time.
  double weight(const data::Queues& queues, std::size_t queue) const;
  bool is_on() const { return half_life_ > 0; }

 private:
  double half_life_ = 0;  // in microseconds
  std::int64_t newest_ = 0;
};

}  // namespace segue::train
