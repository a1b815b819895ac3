// The queues of training that are most like the one being heard: what session-based nearest neighbours start from.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

struct NeighbourOptions {
  std::size_t sample = 1000;  // of the queues that share a song, only so many of the latest are looked at
  std::size_t kept = 100;     // and of those, so many of the most alike are kept
};

// A queue like the one being heard, and the last heard song that it has too.
struct NeighbourQueue {
  std::uint32_t queue = 0;
  float similarity = 0;
  std::uint32_t ago = 0;    // how many songs before the last one it was heard
  std::uint32_t place = 0;  // where it stands in the neighbour
};

// Holds the room for one thread. Views what it is made of.
class QueueNeighbours {
 public:
  QueueNeighbours(const TrainingSet& training, const QueuesOfSongs& queues, std::span<const std::uint32_t> recency,
                  const NeighbourOptions& options);

  // A song heard `ago` songs before the last one (the latest time, if more than once) counts weights[ago]; those beyond
  // the weights count nothing. A queue's similarity is adjust(queue, sum of what the songs in it count). Best first;
  // the span lives until the next call.
  std::span<const NeighbourQueue> find(std::span<const std::uint32_t> heard, std::span<const float> weights,
                                       const std::function<float(std::uint32_t queue, float sum)>& adjust);

 private:
  void choose_sample();
  NeighbourQueue with_shared_song(const math::ScoredRow& queue) const;

  const TrainingSet& training_;
  const QueuesOfSongs& queues_;
  std::span<const std::uint32_t> recency_;
  NeighbourOptions options_;
  SparseScores sums_;               // of queues
  std::vector<std::uint32_t> ago_;  // of each song, kNotHeard for most
  std::vector<std::uint32_t> sample_;
  std::vector<NeighbourQueue> found_;
};

}  // namespace segue::evaluate
