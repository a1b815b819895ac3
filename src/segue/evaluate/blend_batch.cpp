#include "segue/evaluate/blend_batch.h"

#include <algorithm>

namespace segue::evaluate {

void BlendBatch::for_each(std::span<const Query> queries, std::size_t k, const Body& body) {
  search_.clear();
  std::vector<recommend::BlendQuery> blend_queries;
  std::vector<std::size_t> places;
  std::vector<std::span<const std::uint32_t>> masked;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (queries[i].heard.empty()) continue;
    const recommend::BlendQuery& query =
        blend_queries.emplace_back(sources_, queries[i].task == Task::next ? weights_.next : weights_.discover,
                                   queries[i].heard, recommend::Listening{queries[i].past, queries[i].start});
    std::ranges::copy(query.recent(), search_.add().begin());
    places.push_back(i);
    masked.push_back(queries[i].masked);
  }
  std::vector<std::vector<math::ScoredRow>> near(blend_queries.size());
  search_.search(std::max(k, recommend::kBlendByVectors), masked, near);
  for (std::size_t i = 0; i < blend_queries.size(); ++i) {
    const auto may_return = [&](std::uint32_t song) { return !std::ranges::binary_search(masked[i], song); };
    std::vector<std::uint32_t> rows;
    for (const math::ScoredRow& one : near[i]) rows.push_back(one.row);
    body(places[i], blend_queries[i],
         blend_queries[i].candidates(std::max(k, recommend::kBlendByTransitions), rows, may_return));
  }
}

}  // namespace segue::evaluate
