#include "segue/recommend/blend_terms.h"

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

model::BlendWeights transitions_alone(model::BlendWeights weights) {
  for (const TermRow& row : kTermRows) {
    if (row.weight != nullptr && !row.by_transitions) weights.*row.weight = 0;
  }
  return weights;
}

}  // namespace segue::recommend
