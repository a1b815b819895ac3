// V-STAN: session-based kNN with order and time (STAN: Garg et al. 2019, doi:10.1145/3331184.3331322; V-STAN: Ludewig
// et al. 2021, arXiv:1910.12781). Compared with V-SKNN, older queues count less, songs nearer to the last shared song
// count more, and rare songs count a little more.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/methods/queue_neighbours.h"
#include "segue/evaluate/rankers.h"
#include "segue/evaluate/tunable.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kVstanSample = 2000;
constexpr double kDay = 86400e6;  // microseconds
constexpr double kReaches = 8;    // weights beyond are negligible

enum VstanSetting : std::uint8_t { heard_reach = 1, place_reach, age_reach, neighbours };
// The lambdas of the papers, with longer reaches than in web shops because music queues are long.
std::vector<Setting> vstan_settings() {
  return {
      again_setting(),
      {"heard_reach", {2, 4, 8}, 4},             // a song heard this many songs ago weighs 1/e (lambda_spw, lambda_ipw)
      {"place_reach", {2, 4, 8}, 4},             // so does a song this many places from the shared one (lambda_inh)
      {"age_reach_days", {20, 100, 1000}, 100},  // and a queue this old (lambda_snh)
      {"neighbours", {200, 500, 1500}, 500},
  };
}

std::vector<float> falling_weights(double reach) {
  std::vector<float> weights(static_cast<std::size_t>(kReaches * reach));
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = static_cast<float>(std::exp(-static_cast<double>(i) / reach));
  return weights;
}

class VStan final : public TunableMethod {
 public:
  VStan() : TunableMethod(vstan_settings()) {}

  std::string_view name() const override { return "vstan"; }
  std::string_view summary() const override { return "Songs near the shared ones in the queues most like this one"; }

  bool fit(Ingredients& ingredients) override {
    training_ = &ingredients.training();
    queues_ = &ingredients.queues_of_songs();
    recency_ = ingredients.recency();
    const auto all = static_cast<float>(training_->queues.size());
    rarity_.clear();
    for (std::uint32_t song = 0; song < training_->song_count(); ++song) {
      rarity_.push_back(1 + std::log(all / static_cast<float>(queues_->of(song).size())));
    }
    for (const Task task : kAllTasks) {
      const std::span<const double> chosen = values(task);
      use_[static_cast<std::size_t>(task)] = {
          falling_weights(chosen[VstanSetting::heard_reach]), falling_weights(chosen[VstanSetting::place_reach]),
          chosen[VstanSetting::age_reach] * kDay,
          NeighbourOptions{kVstanSample, static_cast<std::size_t>(chosen[VstanSetting::neighbours])}};
    }
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    const auto neighbours = std::make_shared<QueueNeighbours>(*training_, *queues_, recency_);
    return make_tuned_ranker(training_->song_count(), [this, neighbours](const Query& query, SparseScores& scores) {
      const Use& use = use_[static_cast<std::size_t>(query.task)];
      const auto similarity = [&](std::uint32_t queue, float sum) {
        return sum / std::sqrt(static_cast<float>(training_->queues.songs(queue).size())) *
               freshness(query, queue, use.age_reach);
      };
      for (const NeighbourQueue& near : neighbours->find(query.heard, use.heard_weights, use.neighbours, similarity)) {
        vote(near, use, scores);
      }
    });
  }

 private:
  struct Use {
    std::vector<float> heard_weights;
    std::vector<float> place_weights;
    double age_reach = 0;  // microseconds
    NeighbourOptions neighbours;
  };

  float freshness(const Query& query, std::uint32_t queue, double reach) const {
    const std::optional<std::int64_t> start = training_->starts[queue];
    if (!query.start || !start) return 1;
    const double age = std::abs(static_cast<double>(*query.start) - static_cast<double>(*start));
    return std::max(1e-6F, static_cast<float>(std::exp(-age / reach)));
  }

  // The vote centres on the shared song: its neighbours in the queue get most of it.
  void vote(const NeighbourQueue& near, const Use& use, SparseScores& scores) const {
    const std::span<const std::uint32_t> songs = training_->queues.songs(near.queue);
    const float whole = near.similarity * use.heard_weights[near.ago];
    const std::size_t begin = near.place - std::min<std::size_t>(near.place, use.place_weights.size() - 1);
    const std::size_t end = std::min(songs.size(), near.place + use.place_weights.size());
    for (std::size_t place = begin; place < end; ++place) {
      const std::size_t far = place > near.place ? place - near.place : near.place - place;
      const float score = whole * use.place_weights[far] * rarity_[songs[place]];
      if (score > 0) scores.add(songs[place], score);
    }
  }

  const TrainingSet* training_ = nullptr;
  const QueuesOfSongs* queues_ = nullptr;
  std::span<const std::uint32_t> recency_;
  std::array<Use, kAllTasks.size()> use_;
  std::vector<float> rarity_;  // 1 + log(number of queues / number with the song)
};

}  // namespace

std::unique_ptr<Method> make_vstan(const MethodOptions&) {
  return std::make_unique<VStan>();
}

}  // namespace segue::evaluate
