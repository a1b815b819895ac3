// Sequential rules (SR; Ludewig, Jannach 2018, arXiv:1803.09587): the songs that came at most kPairWindow places after
// the last song, each time counting 1/distance.
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"
#include "segue/evaluate/tunable.h"

namespace segue::evaluate {

namespace {

class SequentialRules final : public TunableMethod {
 public:
  SequentialRules() : TunableMethod({again_setting()}) {}

  std::string_view name() const override { return "rules"; }
  std::string_view summary() const override { return "Songs that came after the last song, 1/distance"; }

  bool fit(Ingredients& ingredients) override {
    song_count_ = ingredients.training().song_count();
    pairs_ = &ingredients.pairs();
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    return make_tuned_ranker(song_count_, [this](const Query& query, SparseScores& scores) {
      if (query.heard.empty()) return;
      const transitions::TransitionsOf near = pairs_->of(query.heard.back());
      for (std::size_t i = 0; i < near.neighbours.size(); ++i) {
        if (near.forward[i] > 0) scores.add(near.neighbours[i], near.forward[i]);
      }
    });
  }

 private:
  std::uint32_t song_count_ = 0;
  const transitions::Transitions* pairs_ = nullptr;
};

}  // namespace

std::unique_ptr<Method> make_sequential_rules(const MethodOptions&) {
  return std::make_unique<SequentialRules>();
}

}  // namespace segue::evaluate
