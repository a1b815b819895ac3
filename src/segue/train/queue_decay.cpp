#include "segue/train/queue_decay.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "segue/base/error.h"

namespace segue::train {

QueueDecay::QueueDecay(const data::Queues& queues, std::chrono::milliseconds half_life)
    : half_life_(std::chrono::duration<double, std::micro>(half_life).count()) {
  if (half_life_ <= 0) return;
  std::optional<std::int64_t> newest;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    if (const auto start = queues.start(queue)) newest = std::max(newest.value_or(*start), *start);
  }
  if (!newest) {
    fail(ErrorCode::bad_input, "--decay: expected queues with times, found none in {} queues", queues.size());
  }
  newest_ = *newest;
}

double QueueDecay::weight(const data::Queues& queues, std::size_t queue) const {
  if (half_life_ <= 0) return 1;
  const std::optional<std::int64_t> start = queues.start(queue);
  return start ? std::exp2(-static_cast<double>(newest_ - *start) / half_life_) : 1;
}

}  // namespace segue::train
