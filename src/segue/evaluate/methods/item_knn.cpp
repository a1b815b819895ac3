// Item-based nearest neighbours (Sarwar et al. 2001): the songs whose sets of queues are most similar to the last
// song's, by cosine: |queues with both| / sqrt(|queues with one| |queues with the other|).
#include <algorithm>
#include <cmath>

#include "segue/base/parallel.h"
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kKept = 300;  // most similar songs of each song
constexpr float kShrink = 20;       // penalises songs that share few queues, perhaps by chance
constexpr std::size_t kSongsAtOnce = 256;

class ItemKnn final : public Method {
 public:
  std::string_view name() const override { return "item-knn"; }
  std::string_view summary() const override { return "Songs in the same queues as the last song, cosine"; }

  bool fit(Ingredients& ingredients) override {
    const QueuesOfSongs& queues = ingredients.queues_of_songs();
    const TrainingSet& training = ingredients.training();
    neighbours_.resize(training.song_count());
    parallel_for(neighbours_.size(), kSongsAtOnce, ingredients.threads(), [&](std::size_t begin, std::size_t end) {
      ingredients.check_stop(name());
      SparseScores together(training.song_count());
      for (std::size_t song = begin; song < end; ++song) {
        neighbours_[song] = neighbours_of(static_cast<std::uint32_t>(song), training, queues, together);
      }
    });
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    const auto songs = static_cast<std::uint32_t>(neighbours_.size());
    return make_sparse_ranker(songs, [this](const Query& query, SparseScores& scores) {
      if (query.heard.empty()) return;
      for (const math::ScoredRow& near : neighbours_[query.heard.back()]) scores.add(near.row, near.score);
    });
  }

 private:
  static std::vector<math::ScoredRow> neighbours_of(std::uint32_t song, const TrainingSet& training,
                                                    const QueuesOfSongs& queues, SparseScores& together) {
    together.clear();
    // A song that is in a queue twice counts twice here, which is rare and harmless.
    for (const std::uint32_t queue : queues.of(song)) {
      for (const std::uint32_t other : training.queues.songs(queue)) together.add(other, 1);
    }
    math::TopK best(kKept);
    const auto size = static_cast<float>(queues.of(song).size());
    for (const std::uint32_t other : together.touched()) {
      if (other == song) continue;
      const float product = size * static_cast<float>(queues.of(other).size());
      best.offer({other, together[other] / (std::sqrt(product) + kShrink)});
    }
    return best.take();
  }

  std::vector<std::vector<math::ScoredRow>> neighbours_;
};

}  // namespace

std::unique_ptr<Method> make_item_knn(const MethodOptions&) {
  return std::make_unique<ItemKnn>();
}

}  // namespace segue::evaluate
