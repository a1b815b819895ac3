// Item-based nearest neighbours that forget (Ding, Li 2005, doi:10.1145/1099554.1099689): a queue counts half as much
// as one a half-life later, and each of the last songs heard less than the one after it. Applies only if queues have
// times.
#include <algorithm>
#include <cmath>
#include <optional>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/item_neighbours.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"
#include "segue/evaluate/tunable.h"

namespace segue::evaluate {

namespace {

constexpr double kMicrosecondsOfDay = 86400e6;
constexpr double kLeastWeight = 1e-6;
constexpr float kDecayedShrink = 5;  // smaller than item-knn's: old queues hardly count

// REQUIRES: every queue has a time.
std::vector<float> queue_weights(const TrainingSet& training, double half_life_days) {
  std::vector<float> weights;
  const std::optional<std::int64_t> latest = *std::ranges::max_element(training.starts);
  for (const std::optional<std::int64_t>& start : training.starts) {
    const double days = static_cast<double>(*start - *latest) / kMicrosecondsOfDay;
    weights.push_back(static_cast<float>(std::max(kLeastWeight, std::exp2(days / half_life_days))));
  }
  return weights;
}

class ItemKnnDecay final : public TunableMethod {
 public:
  ItemKnnDecay()
      : TunableMethod({again_setting(), {"half_life_days", {10, 60, 365}, 60}, {"heard_decay", {0.3, 0.6, 0.8}, 0.6}}) {
  }

  std::string_view name() const override { return "item-knn-decay"; }
  std::string_view summary() const override { return "Songs in the same recent queues as the last 10 songs, decayed"; }

  bool fit(Ingredients& ingredients) override {
    const TrainingSet& training = ingredients.training();
    const auto has_time = [](const std::optional<std::int64_t>& start) { return start.has_value(); };
    if (training.starts.empty() || !std::ranges::all_of(training.starts, has_time)) return false;
    song_count_ = training.song_count();
    by_half_life_.update(*this, 1, [&](double half_life) {
      return find_item_neighbours(ingredients, name(), queue_weights(training, half_life), kDecayedShrink);
    });
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    return make_tuned_ranker(song_count_, [this](const Query& query, SparseScores& scores) {
      const ItemNeighbours& neighbours = by_half_life_.of(query.task);
      const auto decay = static_cast<float>(values(query.task)[2]);
      const std::size_t used = std::min(query.heard.size(), kHeardUsed);
      float weight = 1;
      for (std::size_t ago = 0; ago < used; ++ago, weight *= decay) {
        for (const math::ScoredRow& near : neighbours[query.heard[query.heard.size() - 1 - ago]]) {
          scores.add(near.row, weight * near.score);
        }
      }
    });
  }

 private:
  std::uint32_t song_count_ = 0;
  LearntForTasks<ItemNeighbours> by_half_life_;
};

}  // namespace

std::unique_ptr<Method> make_item_knn_decay(const MethodOptions&) {
  return std::make_unique<ItemKnnDecay>();
}

}  // namespace segue::evaluate
