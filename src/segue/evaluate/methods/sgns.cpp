// Song vectors from skip-gram (or CBOW) with negative sampling, as `segue train` makes them: the songs nearest to the
// last song, or to the decayed mean of the last ten.
#include <algorithm>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"
#include "segue/math/kernels/kernels.h"

namespace segue::evaluate {

namespace {

class SongVectors final : public Method {
 public:
  SongVectors(HeardUse use, VectorMetric metric) : use_(use), metric_(metric) {}

  std::string_view name() const override { return use_ == HeardUse::decayed ? "sgns-10" : "sgns"; }
  std::string_view summary() const override {
    return use_ == HeardUse::decayed ? "Song vectors near the mean of the last 10 songs, decay 0.8"
                                     : "Song vectors near the last song";
  }

  bool fit(Ingredients& ingredients) override {
    if (metric_ == VectorMetric::cosine) {
      vectors_ = ingredients.unit_vectors().view();
      packed_ = &ingredients.packed_unit_vectors();
      return true;
    }
    // The row at the least distance has the largest q.x - |x|^2 / 2; one more column turns this into a product.
    vectors_ = ingredients.vectors().vectors.view();
    by_distance_ = math::PackedRows(ingredients.trained_songs(), vectors_.columns + 1);
    std::vector<float> row(by_distance_.columns());
    for (std::size_t song = 0; song < by_distance_.rows(); ++song) {
      std::ranges::copy(vectors_[song], row.begin());
      row.back() = -math::best_kernels().squared_norm(vectors_.row(song), vectors_.columns) / 2;
      by_distance_.set_row(song, row.data());
    }
    packed_ = &by_distance_;
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    return make_vector_ranker(*packed_, [this](const Query& query, std::span<float> vector) {
      const std::size_t used = std::min(query.heard.size(), use_ == HeardUse::decayed ? kHeardUsed : 1);
      float weight = 1;
      float weights = 0;
      for (std::size_t ago = 0; ago < used; ++ago, weight *= kHeardDecay) {
        const std::uint32_t song = query.heard[query.heard.size() - 1 - ago];
        math::best_kernels().axpy(weight, vectors_.row(song), vector.data(), vectors_.columns);
        weights += weight;
      }
      if (metric_ == VectorMetric::euclidean && used > 0) {
        math::best_kernels().scale(1 / weights, vector.data(), vectors_.columns);
        vector.back() = 1;
      }
      return used > 0;
    });
  }

 private:
  HeardUse use_;
  VectorMetric metric_;
  math::MatrixView<const float> vectors_;
  const math::PackedRows* packed_ = nullptr;
  math::PackedRows by_distance_;  // for the Euclidean metric
};

}  // namespace

std::unique_ptr<Method> make_sgns(const MethodOptions& options) {
  return std::make_unique<SongVectors>(HeardUse::last_song, options.vector_metric);
}

std::unique_ptr<Method> make_sgns_10(const MethodOptions& options) {
  return std::make_unique<SongVectors>(HeardUse::decayed, options.vector_metric);
}

}  // namespace segue::evaluate
