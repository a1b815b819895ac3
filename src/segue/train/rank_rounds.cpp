#include "segue/train/rank_rounds.h"

#include <algorithm>
#include <numeric>

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

namespace {

// Measured: docs/distributed.md.
constexpr double kLeastMeetings = 4;
constexpr double kMostMeetings = 256;
constexpr std::uint64_t kLeastRound = 20'000;
constexpr std::uint64_t kMostRound = 250'000;
constexpr double kRoundsOfEpoch = 40;
constexpr std::uint64_t kLeastToWhole = 32;
// A row's exchange takes a rank about as long as training this many plays.
constexpr double kPlaysOfRow = 3;
// Of the time of training: what exchanges may take, and what those of all rows may.
constexpr double kShare = 0.05;
constexpr double kShareOfWhole = 0.025;
// Of a round: few threads wait at its end.
constexpr std::uint64_t kPlaysOfThread = 40'000;

}  // namespace

std::uint64_t ExchangePlan::rounds_between(double met) const {
  std::uint64_t rounds = 1;
  while (rounds < rounds_to_whole && met * static_cast<double>(rounds) < meetings) rounds *= 2;
  return rounds;
}

ExchangePlan plan_exchange(std::span<const double> met, std::size_t ranks, std::size_t threads,
                           std::uint64_t exchange_plays) {
  const double plays = std::max(1.0, std::accumulate(met.begin(), met.end(), 0.0));
  const double of_rank = plays / static_cast<double>(ranks);
  ExchangePlan plan{.round_plays = exchange_plays, .meetings = kLeastMeetings, .rounds_to_whole = kLeastToWhole};
  if (exchange_plays == 0) {
    plan.round_plays = std::clamp(static_cast<std::uint64_t>(of_rank / kRoundsOfEpoch), kLeastRound, kMostRound);
  }
  if (threads > 1) plan.round_plays = std::max(plan.round_plays, threads * kPlaysOfThread);
  const auto round = static_cast<double>(plan.round_plays);
  plan.rounds_of_epoch = std::max(1.0, of_rank / round);
  const double rows = 2 * static_cast<double>(met.size());
  while (static_cast<double>(plan.rounds_to_whole) * round * kShareOfWhole < rows * kPlaysOfRow &&
         static_cast<double>(plan.rounds_to_whole) < plan.rounds_of_epoch) {
    plan.rounds_to_whole *= 2;
  }
  // Rows that a rank exchanges for each play that it trains.
  const auto rows_of_play = [&] {
    double exchanges = 0;  // of songs in a round
    for (const double often : met) {
      exchanges += 1 / static_cast<double>(plan.rounds_between(often * round / of_rank));
    }
    return 2 * exchanges / round;
  };
  while (plan.meetings < kMostMeetings && rows_of_play() * kPlaysOfRow > kShare) plan.meetings *= 2;
  return plan;
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
