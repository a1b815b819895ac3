#include "segue/evaluate/methods/past_weights.h"

#include <algorithm>
#include <limits>

#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

PastWeights make_past_weights(const std::function<double(double age)>& weight) {
  PastWeights weights(kPastUsed);
  for (std::size_t age = 0; age < weights.size(); ++age) {
    weights[age] = std::max(std::numeric_limits<float>::min(), static_cast<float>(weight(static_cast<double>(age))));
  }
  return weights;
}

SparseScorer past_scorer(const LearntForTasks<PastWeights>& weights) {
  return [&weights](const Query& query, SparseScores& scores) {
    if (!query.past) return;
    const PastWeights& mine = weights.of(query.task);
    const std::span<const data::SongRow> songs = query.past.songs();
    const std::size_t used = std::min(songs.size(), mine.size());
    for (std::size_t age = 0; age < used; ++age) scores.add(songs[songs.size() - 1 - age], mine[age]);
  };
}

}  // namespace segue::evaluate
