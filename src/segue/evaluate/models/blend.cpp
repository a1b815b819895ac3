// Segue's own: song vectors and transitions together, as `segue recommend` ranks (recommend/blend.h).
#include "segue/recommend/blend.h"

#include <algorithm>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/models/models.h"
#include "segue/evaluate/rankers.h"
#include "segue/index/batch.h"

namespace segue {

namespace {

class BlendRanker final : public Ranker {
 public:
  BlendRanker(const BlendSources& sources, const BlendWeights& weights, const PackedRows& unit_rows)
      : sources_(sources), weights_(weights), batch_(unit_rows) {}

  void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<ScoredRow>> lists) override {
    batch_.clear();
    std::vector<BlendQuery> asked;
    std::vector<std::size_t> places;
    std::vector<std::span<const std::uint32_t>> masked;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      lists[i].clear();
      if (queries[i].heard.empty()) continue;
      const BlendQuery& query = asked.emplace_back(sources_, weights_, queries[i].heard);
      std::ranges::copy(query.recent(), batch_.add().begin());
      places.push_back(i);
      masked.push_back(queries[i].masked);
    }
    std::vector<std::vector<ScoredRow>> near(asked.size());
    batch_.search(std::max(k, kBlendByVectors), masked, near);
    for (std::size_t i = 0; i < asked.size(); ++i) lists[places[i]] = best(asked[i], near[i], masked[i], k);
  }

 private:
  std::vector<ScoredRow> best(const BlendQuery& query, std::span<const ScoredRow> near,
                              std::span<const std::uint32_t> masked, std::size_t k) const {
    const auto may_return = [&](std::uint32_t song) { return !std::ranges::binary_search(masked, song); };
    TopK best(k);
    for (const std::uint32_t song : query.candidates(std::max(k, kBlendByTransitions), near, may_return)) {
      best.offer({song, query.evidence(song).score(weights_)});
    }
    return best.take();
  }

  const BlendSources& sources_;
  const BlendWeights& weights_;
  BatchSearch batch_;
};

class Blend final : public NextSongModel {
 public:
  explicit Blend(const BlendWeights& weights) : weights_(weights) {}

  std::string_view name() const override { return "blend"; }
  std::string_view summary() const override {
    return "Song vectors and transitions together, as segue recommend ranks";
  }
  bool is_baseline() const override { return false; }

  bool fit(Ingredients& ingredients) override {
    sources_ = ingredients.blend_sources();
    const MatrixView<const float> unit = std::as_const(ingredients.unit_vectors()).view();
    unit_rows_ = PackedRows(unit.rows, unit.columns);
    for (std::size_t song = 0; song < unit.rows; ++song) unit_rows_.set_row(song, unit.row(song));
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    return std::make_unique<BlendRanker>(sources_, weights_, unit_rows_);
  }

 private:
  const BlendWeights weights_;
  BlendSources sources_;
  PackedRows unit_rows_;
};

}  // namespace

std::unique_ptr<NextSongModel> make_blend(const BlendWeights& weights) {
  return std::make_unique<Blend>(weights);
}

}  // namespace segue
