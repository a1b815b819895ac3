// How often songs were played close together, in either order: two plays of a queue at distance d <= kPairWindow count
// 1/d. Scored for the last song, or summed over the last ten with decay.
#include <algorithm>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"
#include "segue/evaluate/tunable.h"

namespace segue::evaluate {

namespace {

class CoCount final : public TunableMethod {
 public:
  explicit CoCount(HeardUse use)
      : TunableMethod(use == HeardUse::decayed
                          ? std::vector<Setting>{again_setting(), {"heard_decay", {0.5, 0.8, 0.95}, 0.8}}
                          : std::vector<Setting>{again_setting()}),
        use_(use) {}

  std::string_view name() const override { return use_ == HeardUse::decayed ? "co-count-10" : "co-count"; }
  std::string_view summary() const override {
    return use_ == HeardUse::decayed ? "Songs played close to the last 10 songs, decayed"
                                     : "Songs played close to the last song, 1/distance";
  }

  bool fit(Ingredients& ingredients) override {
    song_count_ = ingredients.training().song_count();
    pairs_ = &ingredients.pairs();
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    return make_tuned_ranker(song_count_, [this](const Query& query, SparseScores& scores) {
      const std::size_t used = std::min(query.heard.size(), use_ == HeardUse::decayed ? kHeardUsed : 1);
      const float decay = use_ == HeardUse::decayed ? static_cast<float>(values(query.task)[1]) : 1;
      float weight = 1;
      for (std::size_t ago = 0; ago < used; ++ago, weight *= decay) {
        const transitions::TransitionsOf near = pairs_->of(query.heard[query.heard.size() - 1 - ago]);
        for (std::size_t i = 0; i < near.neighbours.size(); ++i) {
          scores.add(near.neighbours[i], weight * (near.forward[i] + near.backward[i]));
        }
      }
    });
  }

 private:
  HeardUse use_;
  std::uint32_t song_count_ = 0;
  const transitions::Transitions* pairs_ = nullptr;
};

}  // namespace

std::unique_ptr<Method> make_co_count(const MethodOptions&) {
  return std::make_unique<CoCount>(HeardUse::last_song);
}

std::unique_ptr<Method> make_co_count_10(const MethodOptions&) {
  return std::make_unique<CoCount>(HeardUse::decayed);
}

}  // namespace segue::evaluate
