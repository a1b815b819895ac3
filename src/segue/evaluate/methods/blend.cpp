// Segue's own ranking: song vectors and transitions together, as in `segue recommend` (recommend/blend_terms.h).
#include "segue/evaluate/blend_batch.h"
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/recommend/blend_query.h"

namespace segue::evaluate {

namespace {

class BlendRanker final : public Ranker {
 public:
  BlendRanker(const recommend::BlendSources& sources, const model::Blend& weights, const math::PackedRows& unit_rows)
      : batch_(sources, weights, unit_rows) {}

  void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) override {
    for (std::size_t i = 0; i < queries.size(); ++i) lists[i].clear();
    batch_.for_each(queries, k,
                    [&](std::size_t i, const recommend::BlendQuery& query, std::span<const std::uint32_t> candidates) {
                      lists[i] = query.best(candidates, k);
                    });
  }

 private:
  BlendBatch batch_;
};

class Blend final : public Method {
 public:
  explicit Blend(const model::Blend& weights) : weights_(weights) {}

  std::string_view name() const override { return "blend"; }
  std::string_view summary() const override {
    return "Song vectors and transitions together, as segue recommend ranks";
  }
  bool is_baseline() const override { return false; }

  bool fit(Ingredients& ingredients) override {
    sources_ = ingredients.blend_sources();
    unit_rows_ = &ingredients.packed_unit_vectors();
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    return std::make_unique<BlendRanker>(sources_, weights_, *unit_rows_);
  }

 private:
  const model::Blend weights_;
  recommend::BlendSources sources_;
  const math::PackedRows* unit_rows_ = nullptr;
};

}  // namespace

std::unique_ptr<Method> make_blend(const MethodOptions& options) {
  return std::make_unique<Blend>(options.blend);
}

}  // namespace segue::evaluate
