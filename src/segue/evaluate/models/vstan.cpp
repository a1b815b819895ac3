// V-STAN: session-based kNN that knows order and time (Garg et al. 2019, arXiv:1910.12781, as extended by Ludewig et
// al. 2021, doi:10.1007/s11257-020-09277-1). Over V-SKNN: a queue counts less the older it is, and its songs count more
// the nearer they stand to the song both share; rare songs count a little more.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/models/models.h"
#include "segue/evaluate/models/queue_neighbours.h"
#include "segue/evaluate/rankers.h"

namespace segue {

namespace {

constexpr NeighbourOptions kNeighbours{.sample = 2000, .kept = 500};
// The lambdas of the papers. Lists of music are long: they are wider than for web shops.
constexpr float kHeardReach = 4;             // a song heard so many songs ago weighs 1/e (lambda_spw, lambda_ipw)
constexpr float kPlaceReach = 2;             // so does a song so many places from the shared one (lambda_inh)
constexpr double kAgeReach = 100 * 86400e6;  // and a queue so old, microseconds (lambda_snh)

class VStan final : public NextSongModel {
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
    const auto neighbours = std::make_shared<QueueNeighbours>(*queues_, recency_, kNeighbours);
    return make_sparse_ranker(training_->song_count(), [this, neighbours](const Query& query, SparseScores& scores) {
      const std::vector<WeightedSong> heard =
          weigh_heard(query.heard, [](std::size_t ago) { return std::exp(-static_cast<float>(ago) / kHeardReach); });
      const auto similarity = [&](std::uint32_t queue, float sum) {
        const auto length = static_cast<float>(std::max<std::size_t>(1, training_->queues.songs(queue).size()));
        return sum / std::sqrt(length) * freshness(query, queue);
      };
      for (const ScoredRow& near : neighbours->find(heard, similarity)) vote(near, heard, scores);
    });
  }

 private:
  float freshness(const Query& query, std::uint32_t queue) const {
    const std::optional<std::int64_t> start = training_->starts[queue];
    if (!query.start || !start) return 1;
    const double age = std::abs(static_cast<double>(*query.start) - static_cast<double>(*start));
    return std::max(1e-6F, static_cast<float>(std::exp(-age / kAgeReach)));
  }

  void vote(const ScoredRow& near, std::span<const WeightedSong> heard, SparseScores& scores) const {
    const std::span<const std::uint32_t> songs = training_->queues.songs(near.row);
    for (const WeightedSong& one : heard) {
      const auto found = std::ranges::find(songs, one.song);
      if (found == songs.end()) continue;
      const auto shared = static_cast<float>(found - songs.begin());
      for (std::size_t place = 0; place < songs.size(); ++place) {
        const float far = std::abs(static_cast<float>(place) - shared);
        const float score = near.score * one.weight * std::exp(-far / kPlaceReach) * rarity_[songs[place]];
        if (score > 0) scores.add(songs[place], score);
      }
      return;  // the latest shared song alone places the vote
    }
  }

  const TrainingSet* training_ = nullptr;
  const QueuesOfSongs* queues_ = nullptr;
  std::span<const std::uint32_t> recency_;
  std::vector<float> rarity_;  // 1 + log of all queues over those with the song
};

}  // namespace

std::unique_ptr<NextSongModel> make_vstan() {
  return std::make_unique<VStan>();
}

}  // namespace segue
