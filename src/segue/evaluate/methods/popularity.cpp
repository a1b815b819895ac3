// The most played songs, the same for every query.
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

namespace {

class Popularity final : public Method {
 public:
  std::string_view name() const override { return "popularity"; }
  std::string_view summary() const override { return "The most played songs"; }

  bool fit(Ingredients& ingredients) override {
    const std::vector<std::uint64_t>& plays = ingredients.training().plays;
    order_.clear();
    for (std::uint32_t song = 0; song < plays.size(); ++song) {
      order_.push_back({song, static_cast<float>(plays[song])});
    }
    return true;
  }
  std::unique_ptr<Ranker> ranker() const override { return make_fixed_ranker(order_); }

 private:
  std::vector<math::ScoredRow> order_;
};

}  // namespace

std::unique_ptr<Method> make_popularity(const MethodOptions&) {
  return std::make_unique<Popularity>();
}

}  // namespace segue::evaluate
