// The listener's own most played songs, or those most played of late: a play may count half as much as one `half-life`
// plays later.
#include <cmath>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/methods/past_weights.h"

namespace segue::evaluate {

namespace {

class PersonalTop final : public TunableMethod {
 public:
  PersonalTop() : TunableMethod({again_setting(), {"half_life_plays", {0, 50, 200, 1000}, 0}}) {}

  std::string_view name() const override { return "personal"; }
  std::string_view summary() const override { return "The user's own most played songs"; }

  bool fit(Ingredients& ingredients) override {
    if (ingredients.knowledge() == nullptr) return false;
    song_count_ = ingredients.training().song_count();
    weights_.update(*this, 1, [](double half_life) {
      return make_past_weights([&](double age) { return half_life == 0 ? 1 : std::exp2(-age / half_life); });
    });
    return true;
  }
  std::unique_ptr<Ranker> ranker() const override { return make_tuned_ranker(song_count_, past_scorer(weights_)); }

 private:
  std::uint32_t song_count_ = 0;
  LearntForTasks<PastWeights> weights_;
};

}  // namespace

std::unique_ptr<Method> make_personal_top(const MethodOptions&) {
  return std::make_unique<PersonalTop>();
}

}  // namespace segue::evaluate
