#include "segue/evaluate/models/queue_neighbours.h"

#include <algorithm>

namespace segue {

std::vector<WeightedSong> weigh_heard(std::span<const std::uint32_t> heard,
                                      const std::function<float(std::size_t ago)>& weight) {
  std::vector<WeightedSong> songs;
  for (std::size_t ago = 0; ago < heard.size(); ++ago) {
    const std::uint32_t song = heard[heard.size() - 1 - ago];
    if (std::ranges::find(songs, song, &WeightedSong::song) == songs.end()) songs.push_back({song, weight(ago)});
  }
  return songs;
}

QueueNeighbours::QueueNeighbours(const QueuesOfSongs& queues, std::span<const std::uint32_t> recency,
                                 const NeighbourOptions& options)
    : queues_(queues), recency_(recency), options_(options), sums_(static_cast<std::uint32_t>(recency.size())) {}

std::vector<ScoredRow> QueueNeighbours::find(std::span<const WeightedSong> songs,
                                             const std::function<float(std::uint32_t queue, float sum)>& adjust) {
  sums_.clear();
  for (const WeightedSong& one : songs) {
    if (one.weight <= 0) continue;
    // A queue older than the latest `sample` with this song alone cannot be among the latest with any.
    const std::span<const std::uint32_t> all = queues_.of(one.song);
    for (const std::uint32_t queue : all.last(std::min(options_.sample, all.size()))) sums_.add(queue, one.weight);
  }
  sample_.assign(sums_.touched().begin(), sums_.touched().end());
  if (sample_.size() > options_.sample) {
    const auto middle = sample_.begin() + static_cast<std::ptrdiff_t>(options_.sample);
    std::ranges::nth_element(sample_, middle, std::greater(), [&](std::uint32_t queue) { return recency_[queue]; });
    sample_.erase(middle, sample_.end());
  }
  TopK best(options_.kept);
  for (const std::uint32_t queue : sample_) best.offer({queue, adjust(queue, sums_[queue])});
  return best.take();
}

}  // namespace segue
