// Which blocks of queues a rank trains in each round.
//
// All ranks go through the one order of an epoch together, a stretch of it in each round, so what a run has done is a
// number of blocks, however many ranks it has: one that is resumed may have fewer or more. Within a stretch a rank has
// the blocks of its shards of the dataset, or if that is not sharded, every n-th.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "segue/data/dataset/queues.h"
#include "segue/train/examples.h"

namespace segue::train {

// The shard of each block; empty if there is but one.
std::vector<std::uint32_t> shards_of(const data::Queues& queues, std::span<const Block> blocks);

// The order with the blocks of every shard spread evenly over it, so that all ranks have about as much to do in a
// round.
std::vector<std::uint32_t> spread_shards(std::vector<std::uint32_t> order, std::span<const std::uint32_t> shards);

struct RankRounds {
  std::size_t rank = 0;
  std::size_t ranks = 1;
  std::size_t blocks_each = 1;              // in a round, of each rank
  std::span<const std::uint32_t> shards{};  // of the blocks

  std::size_t blocks() const { return ranks * blocks_each; }
  // The number, from 1, of the round that ends with the first `done` blocks.
  std::uint64_t number(std::size_t done) const { return (done + blocks() - 1) / blocks(); }
  // Those of the rank among order[begin, end).
  std::vector<std::uint32_t> mine(std::span<const std::uint32_t> order, std::size_t begin, std::size_t end) const;
};

}  // namespace segue::train
