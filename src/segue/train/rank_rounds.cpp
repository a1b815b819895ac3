#include "segue/train/rank_rounds.h"

#include <algorithm>

namespace segue::train {

std::vector<std::uint32_t> shards_of(const data::Queues& queues, std::span<const Block> blocks) {
  std::vector<std::uint32_t> shards;
  if (queues.shard_starts().size() < 2) return shards;
  for (const Block& block : blocks) {
    const auto after = std::ranges::upper_bound(queues.shard_starts(), block.begin);
    shards.push_back(static_cast<std::uint32_t>(after - queues.shard_starts().begin() - 1));
  }
  return shards;
}

std::vector<std::uint32_t> spread_shards(std::vector<std::uint32_t> order, std::span<const std::uint32_t> shards) {
  if (shards.empty()) return order;
  std::vector<double> blocks(std::ranges::max(shards) + std::size_t{1});
  for (const std::uint32_t shard : shards) ++blocks[shard];
  std::vector<double> seen(blocks.size());
  std::vector<double> place(shards.size());
  for (const std::uint32_t block : order) {
    const std::uint32_t shard = shards[block];
    place[block] = (seen[shard]++ + 0.5) / blocks[shard];
  }
  std::ranges::stable_sort(order, {}, [&](std::uint32_t block) { return place[block]; });
  return order;
}

std::vector<std::uint32_t> RankRounds::mine(std::span<const std::uint32_t> order, std::size_t begin,
                                            std::size_t end) const {
  std::vector<std::uint32_t> found;
  for (std::size_t i = begin; i < end; ++i) {
    if ((shards.empty() ? i : shards[order[i]]) % ranks == rank) found.push_back(order[i]);
  }
  return found;
}

}  // namespace segue::train
