#include "segue/recommend/blend_terms.h"

#include <algorithm>

namespace segue::recommend {

namespace {

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kTerms; ++i) {
    if (static_cast<std::size_t>(kTermRows[i].term) != i) return false;
  }
  return true;
}
static_assert(is_in_order(), "kTermRows has one row for each Term, in their order");

}  // namespace

bool has_weight(const model::BlendWeights& weights, Reads reads) {
  return std::ranges::any_of(kTermRows, [&](const TermRow& row) {
    return row.reads == reads && row.weight != nullptr && weights.*row.weight != 0;
  });
}

model::BlendWeights transitions_alone(model::BlendWeights weights) {
  for (const TermRow& row : kTermRows) {
    if (row.weight != nullptr && !row.by_transitions) weights.*row.weight = 0;
  }
  return weights;
}

}  // namespace segue::recommend
