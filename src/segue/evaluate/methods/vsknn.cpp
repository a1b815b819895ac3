// Vector multiplication session-based kNN (V-SKNN; Ludewig, Jannach 2018, arXiv:1803.09587): the queues most
// similar to this one, where later songs weigh more, vote for their songs. A vote counts more the later the shared
// song.
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/methods/queue_neighbours.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

namespace {

constexpr NeighbourOptions kNeighbours{.sample = 1000, .kept = 300};

class VsKnn final : public Method {
 public:
  std::string_view name() const override { return "vsknn"; }
  std::string_view summary() const override { return "Songs of the 300 queues most like this one"; }

  bool fit(Ingredients& ingredients) override {
    training_ = &ingredients.training();
    queues_ = &ingredients.queues_of_songs();
    recency_ = ingredients.recency();
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    const auto neighbours = std::make_shared<QueueNeighbours>(*training_, *queues_, recency_, kNeighbours);
    return make_sparse_ranker(training_->song_count(), [this, neighbours](const Query& query, SparseScores& scores) {
      const std::size_t length = query.heard.size();
      std::vector<float> weights(length);
      for (std::size_t ago = 0; ago < length; ++ago) {
        weights[ago] = static_cast<float>(length - ago) / static_cast<float>(length);
      }
      const auto unchanged = [](std::uint32_t, float sum) { return sum; };
      for (const NeighbourQueue& near : neighbours->find(query.heard, weights, unchanged)) {
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
