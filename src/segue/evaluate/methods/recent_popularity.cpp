// The most played songs of late: a play counts half as much as one 30 days later. Applies only if queues have times.
#include <algorithm>
#include <cmath>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

namespace {

constexpr double kHalfLife = 30 * 86400e6;  // microseconds

class RecentPopularity final : public Method {
 public:
  std::string_view name() const override { return "recent"; }
  std::string_view summary() const override { return "The most played songs, plays halved every 30 days"; }

  bool fit(Ingredients& ingredients) override {
    const TrainingSet& training = ingredients.training();
    const auto latest = std::ranges::max_element(training.starts);
    if (latest == training.starts.end() || !*latest) return false;
    std::vector<double> weights(training.song_count());
    for (std::size_t queue = 0; queue < training.queues.size(); ++queue) {
      if (!training.starts[queue]) continue;
      const double weight = std::exp2(static_cast<double>(*training.starts[queue] - **latest) / kHalfLife);
      for (const std::uint32_t song : training.queues.songs(queue)) weights[song] += weight;
    }
    for (std::uint32_t song = 0; song < weights.size(); ++song) {
      order_.push_back({song, static_cast<float>(weights[song])});
    }
    std::ranges::sort(order_, math::is_better);
    return true;
  }
  std::unique_ptr<Ranker> ranker() const override { return make_fixed_ranker(order_); }

 private:
  std::vector<math::ScoredRow> order_;
};

}  // namespace

std::unique_ptr<Method> make_recent_popularity(const MethodOptions&) {
  return std::make_unique<RecentPopularity>();
}

}  // namespace segue::evaluate
