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

// How often what is exchanged (row_exchange.h).
struct ExchangePlan {
  std::uint64_t round_plays = 0;      // of each rank
  double meetings = 0;                // of a song, by all ranks, between two exchanges of its rows
  std::uint64_t rounds_to_whole = 1;  // a power of two
  double rounds_of_epoch = 1;

  // In how many rounds, a power of two up to rounds_to_whole, a song is exchanged once that is met `met` times in one.
  std::uint64_t rounds_between(double met) const;
};

// `met` is how often each song is met in an epoch. With exchange_plays 0, a round is a fortieth of an epoch within
// bounds. Songs are then exchanged as often as a tenth of the time of training allows, which is counted, not measured:
// the plan is the same every time. Rounds last long enough for `threads` threads of each rank.
ExchangePlan plan_exchange(std::span<const double> met, std::size_t ranks, std::size_t threads,
                           std::uint64_t exchange_plays);

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
