// The candidates of many queries to the blend, those near by vectors searched for in batches.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "segue/evaluate/method.h"
#include "segue/index/batch.h"
#include "segue/recommend/blend.h"

namespace segue::evaluate {

// Holds the room that one thread needs. Views sources, weights and rows that outlive it.
class BlendBatch {
 public:
  // `unit_rows`: the song vectors of `sources` at length 1.
  BlendBatch(const recommend::BlendSources& sources, const model::BlendWeights& weights,
             const math::PackedRows& unit_rows)
      : sources_(sources), weights_(weights), search_(unit_rows) {}

  // Calls body(i, query, candidates) for each of queries[i] with a song heard, in order: all that the blend scores to
  // find the best k, none of them masked, ascending by row. REQUIRES: at most kBatchQueries queries.
  using Body =
      std::function<void(std::size_t i, const recommend::BlendQuery& query, std::span<const std::uint32_t> candidates)>;
  void for_each(std::span<const Query> queries, std::size_t k, const Body& body);

 private:
  const recommend::BlendSources& sources_;
  const model::BlendWeights& weights_;
  index::BatchSearch search_;
};

}  // namespace segue::evaluate
