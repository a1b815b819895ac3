#include "segue/evaluate/methods/item_neighbours.h"

#include <cmath>

#include "segue/base/parallel.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kItemsKept = 300;  // most similar songs of each song
constexpr std::size_t kItemsAtOnce = 256;

}  // namespace

ItemNeighbours find_item_neighbours(Ingredients& ingredients, std::string_view method,
                                    std::span<const float> queue_weights, float shrink) {
  const QueuesOfSongs& queues = ingredients.queues_of_songs();
  const TrainingSet& training = ingredients.training();
  const auto weight_of = [&](std::uint32_t queue) { return queue_weights.empty() ? 1 : queue_weights[queue]; };
  std::vector<float> sizes(training.song_count());
  for (std::uint32_t song = 0; song < sizes.size(); ++song) {
    for (const std::uint32_t queue : queues.of(song)) sizes[song] += weight_of(queue);
  }
  ItemNeighbours neighbours(training.song_count());
  parallel_for(neighbours.size(), kItemsAtOnce, ingredients.threads(), [&](std::size_t begin, std::size_t end) {
    ingredients.check_stop(method);
    SparseScores together(training.song_count());
    for (std::size_t song = begin; song < end; ++song) {
      together.clear();
      // A song that is in a queue twice counts twice here, which is rare and harmless.
      for (const std::uint32_t queue : queues.of(static_cast<std::uint32_t>(song))) {
        for (const std::uint32_t other : training.queues.songs(queue)) together.add(other, weight_of(queue));
      }
      math::TopK best(kItemsKept);
      for (const std::uint32_t other : together.touched()) {
        if (other == song) continue;
        best.offer({other, together[other] / (std::sqrt(sizes[song] * sizes[other]) + shrink)});
      }
      neighbours[song] = best.take();
    }
  });
  return neighbours;
}

}  // namespace segue::evaluate
