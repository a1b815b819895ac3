// The interface of every method that predicts the next song: baselines, song vectors, the blend.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "segue/evaluate/split.h"
#include "segue/math/top_k.h"
#include "segue/plays/past.h"

namespace segue::evaluate {

class Ingredients;

// A position in a queue whose song is to be predicted.
struct Query {
  std::span<const std::uint32_t> heard;    // songs of the catalogue before it in its queue, newest last; may be empty
  std::span<const std::uint32_t> masked;   // songs that must not be returned, sorted
  bool repeats = false;                    // songs just heard may come again
  std::uint32_t user = kNobody;            // as in TrainingSet::users
  std::optional<std::int64_t> start = {};  // of its queue, microseconds since 1970-01-01 UTC
  plays::PastUntil past = {};              // all its listener played before, in songs of the catalogue
  std::uint64_t number = 0;                // among all queries, from 0: for methods that draw at random
};

// Answers queries; holds the buffers of one thread. Views the method that made it.
class Ranker {
 public:
  virtual ~Ranker() = default;
  // Sets lists[i] to the k songs most likely to come next at queries[i], best first, ties by the smaller song number;
  // fewer if the method scores fewer songs. The answer to a query does not depend on the other queries of the call.
  // REQUIRES: at most kBatchQueries queries, and as many lists.
  virtual void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) = 0;
};

class Method {
 public:
  virtual ~Method() = default;
  virtual std::string_view name() const = 0;     // as typed: "co-count"
  virtual std::string_view summary() const = 0;  // one line for reports
  // Whether the other methods have to beat it.
  virtual bool is_baseline() const { return true; }
  // Learns from ingredients.training(), which outlives the method. False if the method does not apply to this training
  // set, because it has no times or no users. Throws interrupted.
  virtual bool fit(Ingredients& ingredients) = 0;
  // REQUIRES: fit() returned true. May be called from several threads.
  virtual std::unique_ptr<Ranker> ranker() const = 0;
};

}  // namespace segue::evaluate
