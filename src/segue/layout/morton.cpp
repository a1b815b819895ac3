#include "segue/layout/morton.h"

#include <algorithm>
#include <array>

namespace segue::layout {
namespace {

// Spreads the bits of x, with zeros between them.
constexpr std::uint32_t spaced(std::uint32_t x) {
  x = (x | x << 8) & 0x00ff00ffU;
  x = (x | x << 4) & 0x0f0f0f0fU;
  x = (x | x << 2) & 0x33333333U;
  return (x | x << 1) & 0x55555555U;
}

}  // namespace

std::vector<std::uint32_t> morton_order(const Layout& points) {
  const auto [least, most] = bounds_of(points);
  const float across = std::max({most.x - least.x, most.y - least.y, 1e-30F});
  const float scale = 65535 / across;
  // Code and row in one number: sorted by code, then by row.
  std::vector<std::uint64_t> keys(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto x = static_cast<std::uint32_t>(std::min((points[i].x - least.x) * scale, 65535.0F));
    const auto y = static_cast<std::uint32_t>(std::min((points[i].y - least.y) * scale, 65535.0F));
    keys[i] = std::uint64_t{spaced(x) | spaced(y) << 1} << 32 | i;
  }
  std::ranges::sort(keys);
  std::vector<std::uint32_t> order(points.size());
  std::ranges::transform(keys, order.begin(), [](std::uint64_t key) { return static_cast<std::uint32_t>(key); });
  return order;
}

Affinities reordered(const Affinities& affinities, const std::vector<std::uint32_t>& order, Team& team) {
  const std::size_t n = order.size();
  std::vector<std::uint32_t> place(n);
  for (std::uint32_t i = 0; i < n; ++i) place[order[i]] = i;
  Affinities result;
  result.offsets.resize(n + 1);
  for (std::size_t i = 0; i < n; ++i) {
    result.offsets[i + 1] = result.offsets[i] + affinities.offsets[order[i] + 1] - affinities.offsets[order[i]];
  }
  result.columns.resize(affinities.columns.size());
  result.values.resize(affinities.values.size());
  team.for_pieces(n, 1024, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint64_t from = affinities.offsets[order[i]];
      const std::uint64_t count = result.offsets[i + 1] - result.offsets[i];
      for (std::uint64_t e = 0; e < count; ++e) {
        result.columns[result.offsets[i] + e] = place[affinities.columns[from + e]];
        result.values[result.offsets[i] + e] = affinities.values[from + e];
      }
    }
  });
  return result;
}

}  // namespace segue::layout
