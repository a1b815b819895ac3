// Vector multiplication session-based kNN (V-SKNN; Ludewig, Jannach 2018, arXiv:1803.09587): the queues most like this
// one, songs heard later weighing more, vote for their songs; a queue's vote counts more the later it shares a song.
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/models/models.h"
#include "segue/evaluate/models/queue_neighbours.h"
#include "segue/evaluate/rankers.h"

namespace segue {

namespace {

constexpr NeighbourOptions kNeighbours{.sample = 1000, .kept = 300};

class VsKnn final : public NextSongModel {
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
    const auto neighbours = std::make_shared<QueueNeighbours>(*queues_, recency_, kNeighbours);
    return make_sparse_ranker(training_->song_count(), [this, neighbours](const Query& query, SparseScores& scores) {
      const auto length = static_cast<float>(query.heard.size());
      const std::vector<WeightedSong> heard =
          weigh_heard(query.heard, [&](std::size_t ago) { return (length - static_cast<float>(ago)) / length; });
      const auto unchanged = [](std::uint32_t, float sum) { return sum; };
      for (const ScoredRow& near : neighbours->find(heard, unchanged)) vote(near, heard, scores);
    });
  }

 private:
  void vote(const ScoredRow& near, std::span<const WeightedSong> heard, SparseScores& scores) const {
    const std::span<const std::uint32_t> songs = training_->queues.songs(near.row);
    float step = 1;
    for (const WeightedSong& one : heard) {
      if (std::ranges::find(songs, one.song) != songs.end()) break;
      step += 1;
    }
    for (const std::uint32_t song : songs) scores.add(song, near.score / step);
  }

  const TrainingSet* training_ = nullptr;
  const QueuesOfSongs* queues_ = nullptr;
  std::span<const std::uint32_t> recency_;
};

}  // namespace

std::unique_ptr<NextSongModel> make_vsknn() {
  return std::make_unique<VsKnn>();
}

}  // namespace segue
