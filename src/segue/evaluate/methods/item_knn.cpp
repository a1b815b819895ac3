// Item-based nearest neighbours (Sarwar et al. 2001): the songs whose sets of queues are most similar to the last
// song's.
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/item_neighbours.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"
#include "segue/evaluate/tunable.h"

namespace segue::evaluate {

namespace {

class ItemKnn final : public TunableMethod {
 public:
  ItemKnn() : TunableMethod({again_setting(), {"shrink", {2, 20, 100}, 20}}) {}

  std::string_view name() const override { return "item-knn"; }
  std::string_view summary() const override { return "Songs in the same queues as the last song, cosine"; }

  bool fit(Ingredients& ingredients) override {
    song_count_ = ingredients.training().song_count();
    neighbours_.update(*this, 1, [&](double shrink) {
      return find_item_neighbours(ingredients, name(), {}, static_cast<float>(shrink));
    });
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    return make_tuned_ranker(song_count_, [this](const Query& query, SparseScores& scores) {
      if (query.heard.empty()) return;
      for (const math::ScoredRow& near : neighbours_.of(query.task)[query.heard.back()]) {
        scores.add(near.row, near.score);
      }
    });
  }

 private:
  std::uint32_t song_count_ = 0;
  LearntForTasks<ItemNeighbours> neighbours_;
};

}  // namespace

std::unique_ptr<Method> make_item_knn(const MethodOptions&) {
  return std::make_unique<ItemKnn>();
}

}  // namespace segue::evaluate
