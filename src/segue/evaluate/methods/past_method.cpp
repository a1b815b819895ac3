#include "segue/evaluate/methods/past_method.h"

#include <algorithm>
#include <limits>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

namespace {

// Only the newest plays of a long past count.
constexpr std::size_t kPastUsed = 10'000;

}  // namespace

bool PastMethod::fit(Ingredients& ingredients) {
  if (ingredients.knowledge() == nullptr) return false;
  song_count_ = ingredients.training().song_count();
  weights_.update(*this, 1, [this](double value) {
    std::vector<float> weights(kPastUsed);
    for (std::size_t age = 0; age < weights.size(); ++age) {
      const auto weight = static_cast<float>(weight_(static_cast<double>(age), value));
      weights[age] = std::max(std::numeric_limits<float>::min(), weight);
    }
    return weights;
  });
  return true;
}

std::unique_ptr<Ranker> PastMethod::ranker() const {
  return make_tuned_ranker(song_count_, [this](const Query& query, SparseScores& scores) {
    if (!query.past) return;
    const std::vector<float>& weights = weights_.of(query.task);
    const std::span<const data::SongRow> songs = query.past.songs();
    const std::size_t used = std::min(songs.size(), weights.size());
    for (std::size_t age = 0; age < used; ++age) scores.add(songs[songs.size() - 1 - age], weights[age]);
  });
}

}  // namespace segue::evaluate
