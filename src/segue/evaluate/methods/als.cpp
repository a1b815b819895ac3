// Matrix factorisation by alternating least squares, a classic recommender. The current queue is folded in: its factors
// are solved for with those of the songs fixed.
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/als_factors.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

namespace {

class Als final : public Method {
 public:
  std::string_view name() const override { return "als"; }
  std::string_view summary() const override { return "Implicit matrix factorisation, 64 factors"; }

  bool fit(Ingredients& ingredients) override {
    const TrainingSet& training = ingredients.training();
    options_.seed = ingredients.options().seed;
    options_.threads = ingredients.threads();
    songs_ = std::move(
        factorise(training.queues, training.song_count(), options_, ingredients.progress(), ingredients.stop()).songs);
    gram_ = gram_of(std::as_const(songs_).view(), options_.regularisation);
    packed_ = math::PackedRows(songs_.rows(), songs_.columns());
    for (std::size_t song = 0; song < songs_.rows(); ++song) packed_.set_row(song, songs_.view().row(song));
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    const auto fold = std::make_shared<AlsFold>(songs_.view(), gram_, options_);
    return make_vector_ranker(packed_, [fold](const Query& query, std::span<float> vector) {
      if (query.heard.empty()) return false;
      fold->solve(query.heard, vector);
      return true;
    });
  }

 private:
  AlsOptions options_;
  math::Matrix songs_;
  math::Matrix gram_;
  math::PackedRows packed_;
};

}  // namespace

std::unique_ptr<Method> make_als(const MethodOptions&) {
  return std::make_unique<Als>();
}

}  // namespace segue::evaluate
