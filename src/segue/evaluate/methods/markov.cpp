// A first-order Markov chain: the songs that most often came directly after the last song.
#include <optional>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"
#include "segue/evaluate/tunable.h"

namespace segue::evaluate {

namespace {

class Markov final : public TunableMethod {
 public:
  Markov() : TunableMethod({again_setting()}) {}

  std::string_view name() const override { return "markov"; }
  std::string_view summary() const override { return "Songs that came directly after the last song"; }

  bool fit(Ingredients& ingredients) override {
    song_count_ = ingredients.training().song_count();
    if (!pairs_) pairs_ = ingredients.count_pairs(1);
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
  std::optional<transitions::Transitions> pairs_;
};

}  // namespace

std::unique_ptr<Method> make_markov(const MethodOptions&) {
  return std::make_unique<Markov>();
}

}  // namespace segue::evaluate
