#include "segue/evaluate/methods/queue_neighbours.h"

#include <algorithm>
#include <limits>

namespace segue::evaluate {

namespace {

constexpr std::uint32_t kNotHeard = std::numeric_limits<std::uint32_t>::max();

}  // namespace

QueueNeighbours::QueueNeighbours(const TrainingSet& training, const QueuesOfSongs& queues,
                                 std::span<const std::uint32_t> recency)
    : training_(training),
      queues_(queues),
      recency_(recency),
      sums_(static_cast<std::uint32_t>(recency.size())),
      ago_(training.song_count(), kNotHeard) {}

std::span<const NeighbourQueue> QueueNeighbours::find(
    std::span<const std::uint32_t> heard, std::span<const float> weights, const NeighbourOptions& options,
    const std::function<float(std::uint32_t queue, float sum)>& adjust) {
  sums_.clear();
  const std::size_t used = std::min(heard.size(), weights.size());
  for (std::uint32_t ago = 0; ago < used; ++ago) {
    const std::uint32_t song = heard[heard.size() - 1 - ago];
    if (ago_[song] != kNotHeard) continue;
    ago_[song] = ago;
    // A queue that is not among the latest `sample` with this song is not among the latest with any song either.
    const std::span<const std::uint32_t> all = queues_.of(song);
    for (const std::uint32_t queue : all.last(std::min(options.sample, all.size()))) sums_.add(queue, weights[ago]);
  }
  choose_sample(options.sample);
  math::TopK best(options.kept);
  for (const std::uint32_t queue : sample_) best.offer({queue, adjust(queue, sums_[queue])});
  found_.clear();
  for (const math::ScoredRow& queue : best.take()) found_.push_back(with_shared_song(queue));
  for (const std::uint32_t song : heard.last(used)) ago_[song] = kNotHeard;
  return found_;
}

void QueueNeighbours::choose_sample(std::size_t size) {
  sample_.assign(sums_.touched().begin(), sums_.touched().end());
  if (sample_.size() <= size) return;
  const auto middle = sample_.begin() + static_cast<std::ptrdiff_t>(size);
  std::ranges::nth_element(sample_, middle, std::greater(), [&](std::uint32_t queue) { return recency_[queue]; });
  sample_.erase(middle, sample_.end());
}

NeighbourQueue QueueNeighbours::with_shared_song(const math::ScoredRow& queue) const {
  NeighbourQueue neighbour{queue.row, queue.score, kNotHeard, 0};
  const std::span<const std::uint32_t> songs = training_.queues.songs(queue.row);
  for (std::uint32_t place = 0; place < songs.size(); ++place) {
    if (ago_[songs[place]] >= neighbour.ago) continue;
    neighbour.ago = ago_[songs[place]];
    neighbour.place = place;
  }
  return neighbour;
}

}  // namespace segue::evaluate
