#include "segue/recommend/recommender.h"

#include <algorithm>

#include "segue/base/error.h"
#include "segue/math/kernels.h"
#include "segue/recommend/user_vector.h"

namespace segue {

namespace {

float cosine(const Model& model, std::uint32_t a, std::uint32_t b) {
  const MatrixView<const float> vectors = model.vectors();
  const float dot = best_kernels().dot(vectors.row(a), vectors.row(b), vectors.columns);
  return dot * model.inverse_norms()[a] * model.inverse_norms()[b];
}

std::optional<std::size_t> position_of(std::span<const std::uint32_t> rows, std::uint32_t row) {
  const auto found = std::ranges::find(rows, row);
  if (found == rows.end()) return std::nullopt;
  return static_cast<std::size_t>(found - rows.begin());
}

// A song keeps only its strongest neighbours, so the pair may stand in either list.
void add_transitions(const Model& model, std::uint32_t pick, Explanation& explanation) {
  const TransitionsOf of_seed = model.transitions(explanation.seed);
  if (const auto at = position_of(of_seed.neighbours, pick)) {
    explanation.plays_together = of_seed.counts[*at];
    explanation.played_after = of_seed.forward[*at];
    explanation.played_before = of_seed.backward[*at];
    return;
  }
  const TransitionsOf of_pick = model.transitions(pick);
  if (const auto at = position_of(of_pick.neighbours, explanation.seed)) {
    explanation.plays_together = of_pick.counts[*at];
    explanation.played_after = of_pick.backward[*at];
    explanation.played_before = of_pick.forward[*at];
  }
}

// `seeds`: distinct rows. The nearest is the one with the largest cosine, ties by row.
Explanation explain(const Model& model, std::span<const std::uint32_t> seeds, std::uint32_t pick) {
  TopK nearest(1);
  for (const std::uint32_t seed : seeds) nearest.offer({seed, cosine(model, seed, pick)});
  const ScoredRow best = nearest.take().front();
  Explanation explanation{.seed = best.row, .similarity = best.score};
  add_transitions(model, pick, explanation);
  return explanation;
}

std::vector<std::uint32_t> distinct(std::span<const std::uint32_t> rows) {
  std::vector<std::uint32_t> sorted(rows.begin(), rows.end());
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

}  // namespace

Recommender::Recommender(const Model& model) : model_(model) {}

std::vector<Recommendation> Recommender::recommend(std::span<const std::uint32_t> played,
                                                   const RecommendOptions& options) const {
  const std::vector<float> user = user_vector(model_, played, options.half_life);
  const std::vector<std::uint32_t> seeds = distinct(played);
  std::vector<Recommendation> recommendations;
  for (const ScoredRow& found :
       model_.index().search(user, options.k, {.excluded = seeds}, {.threads = options.threads})) {
    Recommendation& recommendation = recommendations.emplace_back();
    recommendation.song = found.row;
    recommendation.score = found.score;
    if (options.explain) recommendation.explanation = explain(model_, seeds, found.row);
  }
  return recommendations;
}

std::vector<Recommendation> Recommender::similar(std::uint32_t song, const SimilarOptions& options) const {
  return recommend(std::span(&song, 1), {.k = options.k, .threads = options.threads});
}

}  // namespace segue
