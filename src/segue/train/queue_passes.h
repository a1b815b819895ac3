// How often an epoch passes over a queue: seldom over an old one, so that vectors follow what is played now; often over
// one that is new to vectors which know the others.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "segue/base/random.h"
#include "segue/data/dataset/queues.h"

namespace segue::train {

// Thread safe. The queues have to outlive it.
class QueuePasses {
 public:
  QueuePasses() = default;  // once over each
  // A queue's chance in an epoch is 2^(-age / half_life), age before the newest one; 1 without a half-life (0) or a
  // time. Queues with `fresh`, empty for none, are passed over `fresh_passes` times instead of once. Throws bad_input
  // if there is a half-life and no queue has a time.
  QueuePasses(const data::Queues& queues, std::chrono::milliseconds half_life, std::vector<bool> fresh,
              std::uint32_t fresh_passes);

  bool is_once() const { return half_life_ <= 0 && fresh_.empty(); }
  // REQUIRES: queue < queues.size(), unless is_once().
  double chance(std::size_t queue) const;      // of a pass, by age
  double on_average(std::size_t queue) const;  // passes
  // Of one epoch; draws only where there is a choice.
  std::uint32_t draw(std::size_t queue, Random& random) const;

 private:
  std::uint32_t most(std::size_t queue) const { return !fresh_.empty() && fresh_[queue] ? fresh_passes_ : 1; }

  const data::Queues* queues_ = nullptr;
  double half_life_ = 0;  // in microseconds
  std::int64_t newest_ = 0;
  std::vector<bool> fresh_;
  std::uint32_t fresh_passes_ = 1;
};

}  // namespace segue::train
