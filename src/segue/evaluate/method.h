// The interface of every method that predicts the next song: baselines, song vectors, the blend.
#pragma once

#include <array>
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

// What is asked for: a song not just heard, or whatever is played next.
enum class Task : std::uint8_t { discovery, next };
inline constexpr std::array<std::string_view, 2> kTaskNames = {"discovery", "next"};
inline constexpr std::array<Task, 2> kAllTasks = {Task::discovery, Task::next};

// A position in a queue whose song is to be predicted.
struct Query {
  std::span<const std::uint32_t> heard = {};   // songs of the catalogue before it in its queue, newest last
  std::span<const std::uint32_t> masked = {};  // songs that must not be returned, sorted
  std::uint32_t user = kNobody;                // as in TrainingSet::users
  std::optional<std::int64_t> start = {};      // of its queue, microseconds since 1970-01-01 UTC
  plays::PastUntil past = {};                  // all its listener played before, in songs of the catalogue
  std::uint64_t number = 0;                    // among all queries, from 0: for methods that draw at random
  Task task = Task::next;
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

// A number of a method that is chosen on validation.
struct Setting {
  std::string_view name;       // "half_life_days"
  std::vector<double> values;  // those tried
  double value = 0;            // the default, one of them
};

class Method {
 public:
  virtual ~Method() = default;
  virtual std::string_view name() const = 0;     // as typed: "co-count"
  virtual std::string_view summary() const = 0;  // one line for reports
  // Whether the other methods have to beat it.
  virtual bool is_baseline() const { return true; }
  // The numbers to choose, and the value of each for a task; see TunableMethod.
  virtual std::span<const Setting> settings() const { return {}; }
  virtual std::span<const double> values(Task) const { return {}; }
  // Changes the values for a task. REQUIRES: one for each setting, and fit() is called before the next ranker().
  virtual void set(Task, std::span<const double>) {}
  // Learns from ingredients.training(), which outlives the method; may be called again, after set(), with the same
  // ingredients. False if the method does not apply to this training set, because it has no times or no users. Throws
  // interrupted.
  virtual bool fit(Ingredients& ingredients) = 0;
  // REQUIRES: fit() returned true. May be called from several threads.
  virtual std::unique_ptr<Ranker> ranker() const = 0;
};

}  // namespace segue::evaluate
