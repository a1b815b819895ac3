#include "segue/train/alias_table.h"

#include <algorithm>
#include <cmath>

#include "segue/base/error.h"

namespace segue::train {

AliasTable::AliasTable(std::span<const double> weights) {
  constexpr double kFull = 0x1.0p32;
  double total = 0;
  for (const double weight : weights) total += weight;
  SEGUE_ASSERT(std::isfinite(total) && total > 0);

  // Heights in units of the mean; columns above 1 fill up those below.
  const double scale = static_cast<double>(weights.size()) / total;
  std::vector<double> heights(weights.size());
  std::vector<std::uint32_t> low;
  std::vector<std::uint32_t> high;
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    heights[i] = weights[i] * scale;
    (heights[i] < 1 ? low : high).push_back(i);
  }
  columns_.resize(weights.size());
  while (!low.empty() && !high.empty()) {
    const std::uint32_t filled = low.back();
    const std::uint32_t giver = high.back();
    low.pop_back();
    columns_[filled] = {static_cast<std::uint32_t>(std::min(heights[filled] * kFull, kFull - 1)), giver};
    heights[giver] -= 1 - heights[filled];
    if (heights[giver] < 1) {
      high.pop_back();
      low.push_back(giver);
    }
  }
  // The remaining columns are full except for rounding; each is its own alias, so it needs no height.
  for (const std::uint32_t i : low) columns_[i] = {0, i};
  for (const std::uint32_t i : high) columns_[i] = {0, i};
}

}  // namespace segue::train
