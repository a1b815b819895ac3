// The queues of training that are most like the one being heard: what session-based nearest neighbours start from.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/rankers.h"

namespace segue {

struct NeighbourOptions {
  std::size_t sample = 1000;  // of the queues that share a song, only so many of the latest are looked at
  std::size_t kept = 100;     // and of those, so many of the most alike are kept
};

// A song heard, and what it counts.
struct WeightedSong {
  std::uint32_t song = 0;
  float weight = 0;
};

// Each song of `heard` once, the last heard first; weight(ago) for the one heard `ago` songs before the last.
std::vector<WeightedSong> weigh_heard(std::span<const std::uint32_t> heard,
                                      const std::function<float(std::size_t ago)>& weight);

// Holds the room for one thread. Views what it is made of.
class QueueNeighbours {
 public:
  QueueNeighbours(const QueuesOfSongs& queues, std::span<const std::uint32_t> recency, const NeighbourOptions& options);

  // Scores queues by adjust(queue, sum of the weights of the songs in it); the row of a result is a queue.
  std::vector<ScoredRow> find(std::span<const WeightedSong> songs,
                              const std::function<float(std::uint32_t queue, float sum)>& adjust);

 private:
  const QueuesOfSongs& queues_;
  std::span<const std::uint32_t> recency_;
  NeighbourOptions options_;
  SparseScores sums_;
  std::vector<std::uint32_t> sample_;
};

}  // namespace segue
