#include "segue/train/queue_passes.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "segue/base/error.h"

namespace segue::train {

QueuePasses::QueuePasses(const data::Queues& queues, std::chrono::milliseconds half_life, std::vector<bool> fresh,
                         std::uint32_t fresh_passes)
    : queues_(&queues),
      half_life_(std::chrono::duration<double, std::micro>(half_life).count()),
      fresh_(std::move(fresh)),
      fresh_passes_(fresh_passes) {
  SEGUE_ASSERT(fresh_.empty() || fresh_.size() == queues.size());
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

double QueuePasses::chance(std::size_t queue) const {
  if (half_life_ <= 0) return 1;
  const std::optional<std::int64_t> start = queues_->start(queue);
  return start ? std::exp2(-static_cast<double>(newest_ - *start) / half_life_) : 1;
}

double QueuePasses::on_average(std::size_t queue) const {
  return is_once() ? 1 : most(queue) * chance(queue);
}

std::uint32_t QueuePasses::draw(std::size_t queue, Random& random) const {
  if (is_once()) return 1;
  const std::uint32_t passes = most(queue);
  const auto chance_of_one = static_cast<float>(chance(queue));
  if (chance_of_one >= 1) return passes;
  std::uint32_t drawn = 0;
  for (std::uint32_t pass = 0; pass < passes; ++pass) drawn += random.uniform_float() < chance_of_one ? 1 : 0;
  return drawn;
}

}  // namespace segue::train
