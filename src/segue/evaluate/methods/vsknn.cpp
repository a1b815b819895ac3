// Vector multiplication session-based kNN (V-SKNN; Ludewig, Jannach 2018, arXiv:1803.09587): the queues most
// similar to this one, where later songs weigh more, vote for their songs. A vote counts more the later the shared
// song.
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/methods/queue_neighbours.h"
#include "segue/evaluate/rankers.h"
#include "segue/evaluate/tunable.h"

namespace segue::evaluate {

namespace {

class VsKnn final : public TunableMethod {
 public:
  VsKnn()
      : TunableMethod({again_setting(), {"sample", {500, 1000, 3000}, 1000}, {"neighbours", {100, 300, 1000}, 300}}) {}

  std::string_view name() const override { return "vsknn"; }
  std::string_view summary() const override { return "Songs of the queues most like this one"; }

  bool fit(Ingredients& ingredients) override {
    training_ = &ingredients.training();
    queues_ = &ingredients.queues_of_songs();
    recency_ = ingredients.recency();
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    const auto neighbours = std::make_shared<QueueNeighbours>(*training_, *queues_, recency_);
    return make_tuned_ranker(training_->song_count(), [this, neighbours](const Query& query, SparseScores& scores) {
      const std::size_t length = query.heard.size();
      std::vector<float> weights(length);
      for (std::size_t ago = 0; ago < length; ++ago) {
        weights[ago] = static_cast<float>(length - ago) / static_cast<float>(length);
      }
      const std::span<const double> chosen = values(query.task);
      const NeighbourOptions options{static_cast<std::size_t>(chosen[1]), static_cast<std::size_t>(chosen[2])};
      const auto unchanged = [](std::uint32_t, float sum) { return sum; };
      for (const NeighbourQueue& near : neighbours->find(query.heard, weights, options, unchanged)) {
        const float vote = near.similarity / static_cast<float>(near.ago + 1);
        for (const std::uint32_t song : training_->queues.songs(near.queue)) scores.add(song, vote);
      }
    });
  }

 private:
  const TrainingSet* training_ = nullptr;
  const QueuesOfSongs* queues_ = nullptr;
  std::span<const std::uint32_t> recency_;
};

}  // namespace

std::unique_ptr<Method> make_vsknn(const MethodOptions&) {
  return std::make_unique<VsKnn>();
}

}  // namespace segue::evaluate
