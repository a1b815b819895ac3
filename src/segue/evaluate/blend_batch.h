// Finds the blend's candidates for many queries at a time; the vector searches run in batches.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "segue/evaluate/method.h"
#include "segue/index/batch.h"
#include "segue/recommend/blend_query.h"

namespace segue::evaluate {

// Holds the buffers of one thread. REQUIRES: sources, weights and rows outlive it.
class BlendBatch {
 public:
  // `unit_rows`: the song vectors of `sources` at length 1.
  BlendBatch(const recommend::BlendSources& sources, const model::Blend& weights, const math::PackedRows& unit_rows)
      : sources_(sources), weights_(weights), search_(unit_rows) {}

  // Calls body(i, query, candidates), in order, for each queries[i] with at least one song heard. Candidates are all
  // songs the blend scores to find the best k: none masked, ascending. REQUIRES: at most kBatchQueries queries.
  using Body =
      std::function<void(std::size_t i, const recommend::BlendQuery& query, std::span<const std::uint32_t> candidates)>;
  void for_each(std::span<const Query> queries, std::size_t k, const Body& body);

 private:
  const recommend::BlendSources& sources_;
  const model::Blend& weights_;
  index::BatchSearch search_;
};

}  // namespace segue::evaluate
