// What every method that guesses the next song looks like to the evaluation: baselines, song vectors, blends.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "segue/evaluate/split.h"
#include "segue/math/top_k.h"

namespace segue::evaluate {

class Ingredients;

// One place in a queue: what comes next?
struct Query {
  std::span<const std::uint32_t> heard;  // songs of the catalogue before it in its queue, the newest last; may be empty
  std::span<const std::uint32_t> masked;  // songs that must not be returned, sorted
  std::uint32_t user = kNobody;           // as in TrainingSet::users
  std::optional<std::int64_t> start;      // of its queue, microseconds since 1970-01-01 UTC
  std::uint64_t number = 0;               // of all queries, from 0: for methods that leave it to chance
};

// Answers queries; holds the room that one thread needs. Views the model it is from.
class Ranker {
 public:
  virtual ~Ranker() = default;
  // lists[i] becomes the k songs that are most likely next at queries[i], best first, ties by the smaller song; fewer
  // where the model knows no more. The answer to a query does not depend on what it is asked together with.
  // REQUIRES: at most kBatchQueries queries, as many lists.
  virtual void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) = 0;
};

class NextSongModel {
 public:
  virtual ~NextSongModel() = default;
  virtual std::string_view name() const = 0;     // "co-count", as typed
  virtual std::string_view summary() const = 0;  // one line for reports
  // Whether it is one of those that others have to beat.
  virtual bool is_baseline() const { return true; }
  // Learns from ingredients.training(), which outlives the model. False where it does not apply: no times, no users.
  // Throws interrupted.
  virtual bool fit(Ingredients& ingredients) = 0;
  // REQUIRES: fit() returned true. May be called from several threads.
  virtual std::unique_ptr<Ranker> ranker() const = 0;
};

}  // namespace segue::evaluate
