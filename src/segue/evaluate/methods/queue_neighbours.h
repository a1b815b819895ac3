// The training queues most similar to the current one: the basis of session-based nearest neighbours.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

struct NeighbourOptions {
  std::size_t sample = 1000;  // queues considered: the latest of those that share a song
  std::size_t kept = 100;     // queues kept: the most similar of those
};

// A queue similar to the current one, and the last song heard that it shares.
struct NeighbourQueue {
  std::uint32_t queue = 0;
  float similarity = 0;
  std::uint32_t ago = 0;    // songs between it and the last song heard
  std::uint32_t place = 0;  // its place in the neighbour
};

// Holds the buffers of one thread. Views its arguments.
class QueueNeighbours {
 public:
  QueueNeighbours(const TrainingSet& training, const QueuesOfSongs& queues, std::span<const std::uint32_t> recency);

  // A song heard `ago` songs before the last one (its latest play) weighs weights[ago], or nothing beyond the end of
  // `weights`. The similarity of a queue is adjust(queue, sum of the weights of its songs). Best first; the span is
  // valid until the next call.
  std::span<const NeighbourQueue> find(std::span<const std::uint32_t> heard, std::span<const float> weights,
                                       const NeighbourOptions& options,
                                       const std::function<float(std::uint32_t queue, float sum)>& adjust);

 private:
  void choose_sample(std::size_t size);
  NeighbourQueue with_shared_song(const math::ScoredRow& queue) const;

  const TrainingSet& training_;
  const QueuesOfSongs& queues_;
  std::span<const std::uint32_t> recency_;
  SparseScores sums_;               // of queues
  std::vector<std::uint32_t> ago_;  // of each song, kNotHeard for most
  std::vector<std::uint32_t> sample_;
  std::vector<NeighbourQueue> found_;
};

}  // namespace segue::evaluate
