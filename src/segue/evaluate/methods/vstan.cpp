// V-STAN: session-based kNN with order and time (STAN: Garg et al. 2019, doi:10.1145/3331184.3331322; V-STAN: Ludewig
// et al. 2021, arXiv:1910.12781). Compared with V-SKNN, older queues count less, songs nearer to the last shared song
// count more, and rare songs count a little more.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/methods/queue_neighbours.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

namespace {

constexpr NeighbourOptions kVstanNeighbours{.sample = 2000, .kept = 500};
// The lambdas of the papers, with longer reaches than in web shops because music queues are long.
constexpr float kHeardReach = 4;             // a song heard this many songs ago weighs 1/e (lambda_spw, lambda_ipw)
constexpr float kPlaceReach = 4;             // so does a song this many places from the shared one (lambda_inh)
constexpr double kAgeReach = 100 * 86400e6;  // and a queue this old, microseconds (lambda_snh)
constexpr std::size_t kWeights = 32;         // weights beyond are negligible

std::vector<float> falling_weights(float reach) {
  std::vector<float> weights(kWeights);
  for (std::size_t i = 0; i < kWeights; ++i) weights[i] = std::exp(-static_cast<float>(i) / reach);
  return weights;
}

class VStan final : public Method {
 public:
  std::string_view name() const override { return "vstan"; }
  std::string_view summary() const override {
    return "Songs near the shared ones in the 500 queues most like this one";
  }

  bool fit(Ingredients& ingredients) override {
    training_ = &ingredients.training();
    queues_ = &ingredients.queues_of_songs();
    recency_ = ingredients.recency();
    const auto all = static_cast<float>(training_->queues.size());
    for (std::uint32_t song = 0; song < training_->song_count(); ++song) {
      rarity_.push_back(1 + std::log(all / static_cast<float>(queues_->of(song).size())));
    }
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    const auto neighbours = std::make_shared<QueueNeighbours>(*training_, *queues_, recency_, kVstanNeighbours);
    return make_sparse_ranker(training_->song_count(), [this, neighbours](const Query& query, SparseScores& scores) {
      const auto similarity = [&](std::uint32_t queue, float sum) {
        return sum / std::sqrt(static_cast<float>(training_->queues.songs(queue).size())) * freshness(query, queue);
      };
      for (const NeighbourQueue& near : neighbours->find(query.heard, heard_weights_, similarity)) vote(near, scores);
    });
  }

 private:
  float freshness(const Query& query, std::uint32_t queue) const {
    const std::optional<std::int64_t> start = training_->starts[queue];
    if (!query.start || !start) return 1;
    const double age = std::abs(static_cast<double>(*query.start) - static_cast<double>(*start));
    return std::max(1e-6F, static_cast<float>(std::exp(-age / kAgeReach)));
  }

  // The vote centres on the shared song: its neighbours in the queue get most of it.
  void vote(const NeighbourQueue& near, SparseScores& scores) const {
    const std::span<const std::uint32_t> songs = training_->queues.songs(near.queue);
    const float whole = near.similarity * heard_weights_[near.ago];
    const std::size_t begin = near.place - std::min<std::size_t>(near.place, kWeights - 1);
    const std::size_t end = std::min(songs.size(), near.place + kWeights);
    for (std::size_t place = begin; place < end; ++place) {
      const std::size_t far = place > near.place ? place - near.place : near.place - place;
      const float score = whole * place_weights_[far] * rarity_[songs[place]];
      if (score > 0) scores.add(songs[place], score);
    }
  }

  const TrainingSet* training_ = nullptr;
  const QueuesOfSongs* queues_ = nullptr;
  std::span<const std::uint32_t> recency_;
  const std::vector<float> heard_weights_ = falling_weights(kHeardReach);
  const std::vector<float> place_weights_ = falling_weights(kPlaceReach);
  std::vector<float> rarity_;  // 1 + log(number of queues / number with the song)
};

}  // namespace

std::unique_ptr<Method> make_vstan(const MethodOptions&) {
  return std::make_unique<VStan>();
}

}  // namespace segue::evaluate
