#include "segue/math/kernel_list.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <hwy/targets.h>

#include "segue/base/error.h"

namespace segue::math {

namespace {

std::string names_of(std::span<const SimdTarget> targets) {
  std::vector<std::string_view> names;
  for (const SimdTarget& target : targets) names.push_back(target.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::span<const SimdTarget> supported_targets() {
  static const std::vector<SimdTarget> supported = [] {
    const std::int64_t compiled_and_supported = hwy::SupportedTargets() & HWY_TARGETS;
    std::vector<SimdTarget> list;
    for (const SimdTarget& target : kSimdTargets) {
      if (target.bit == 0 || (target.bit & compiled_and_supported) != 0) list.push_back(target);
    }
    return list;
  }();
  return supported;
}

void force_target(std::string_view name) {
  const auto supported = supported_targets();
  const auto found = std::ranges::find(supported, name, &SimdTarget::name);
  if (found != supported.end()) {
    BestPosition::position_.store(static_cast<std::size_t>(found - supported.begin()), std::memory_order_relaxed);
    return;
  }
  if (std::ranges::find(kSimdTargets, name, &SimdTarget::name) == kSimdTargets.end()) {
    fail(ErrorCode::wrong_use, "--simd: expected one of {}, found {}", names_of(kSimdTargets), name);
  }
  fail(ErrorCode::wrong_use, "--simd: this machine does not support {}, only {}", name, names_of(supported));
}

const SimdTarget& best_target() {
  return supported_targets()[BestPosition::get()];
}

}  // namespace segue::math
