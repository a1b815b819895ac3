// How active songs are in the listener's memory: the base-level activation of ACT-R, ln(sum over the plays of a song of
// age^-decay), which grows with their number and their recency. The age of a play is counted in plays since. As in PISA
// (Tran et al. 2024, arXiv:2408.16578), without its spreading of activation.
#include <cmath>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/methods/past_weights.h"

namespace segue::evaluate {

namespace {

class PersonalActr final : public TunableMethod {
 public:
  PersonalActr() : TunableMethod({again_setting(), {"decay", {0.3, 0.5, 0.8, 1.2, 1.7}, 0.5}}) {}

  std::string_view name() const override { return "personal-actr"; }
  std::string_view summary() const override { return "The user's own songs by base-level activation (ACT-R)"; }

  bool fit(Ingredients& ingredients) override {
    if (ingredients.knowledge() == nullptr) return false;
    song_count_ = ingredients.training().song_count();
    weights_.update(*this, 1, [](double decay) {
      return make_past_weights([&](double age) { return std::pow(age + 1, -decay); });
    });
    return true;
  }
  // By the sum itself: its logarithm ranks alike.
  std::unique_ptr<Ranker> ranker() const override { return make_tuned_ranker(song_count_, past_scorer(weights_)); }

 private:
  std::uint32_t song_count_ = 0;
  LearntForTasks<PastWeights> weights_;
};

}  // namespace

std::unique_ptr<Method> make_personal_actr(const MethodOptions&) {
  return std::make_unique<PersonalActr>();
}

}  // namespace segue::evaluate
