// Properties of splits and lists, for any queues.

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "segue/base/random.h"
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/positions.h"
#include "segue/index/batch.h"

#include "tests/support/small_dataset.h"

namespace segue {
namespace {

using testing::Scratch;

constexpr std::uint32_t kSongs = 30;

// Sixty to a hundred queues of two to fifteen songs, up to twelve users.
data::Dataset make_dataset(std::uint64_t seed) {
  Random random(seed);
  std::vector<std::vector<std::uint32_t>> queues(60 + random.below(40));
  std::vector<std::string> users;
  const std::uint32_t user_count = 3 + random.below(10);
  for (std::vector<std::uint32_t>& queue : queues) {
    queue.resize(2 + random.below(14));
    for (std::uint32_t& song : queue) song = random.below(kSongs);
    users.push_back("u" + std::to_string(random.below(user_count)));
  }
  const Scratch scratch;  // may go: the dataset stays mapped
  return testing::small_dataset(scratch, queues, users);
}

// One of a few, because writing a folder to disk takes longer than everything else.
const data::Dataset& any_dataset(std::uint64_t seed) {
  static std::map<std::uint64_t, data::Dataset> made;
  const std::uint64_t number = seed % 16;
  const auto found = made.find(number);
  return found != made.end() ? found->second : made.emplace(number, make_dataset(number)).first->second;
}

evaluate::SplitOptions any_options(evaluate::SplitKind kind) {
  evaluate::SplitOptions options;
  options.split = kind;
  options.part = *rc::gen::element(evaluate::SplitPart::test, evaluate::SplitPart::validation);
  options.held_out = *rc::gen::element(0.1, 0.2, 0.3);
  options.gap = std::chrono::hours(*rc::gen::inRange(0, 4));
  options.max_positions = *rc::gen::element<std::uint64_t>(0, 20);
  return options;
}

// Discards datasets with an empty part, which make_split refuses.
evaluate::Split any_split(const data::Dataset& dataset, const evaluate::SplitOptions& options, std::uint64_t min_plays,
                          std::uint64_t seed) {
  try {
    return evaluate::make_split(dataset, options, min_plays, seed);
  } catch (const Error& error) {
    RC_ASSERT(error.code() == ErrorCode::bad_input);
    RC_DISCARD("nothing to hold out");
  }
}

// A play is identified by its queue and place. Training sees none of the plays to be predicted.
RC_GTEST_PROP(Split, never_trains_on_a_play_to_be_predicted, (std::uint64_t seed)) {
  const data::Dataset& dataset = any_dataset(seed);
  const evaluate::SplitKind kind =
      *rc::gen::element(evaluate::SplitKind::time, evaluate::SplitKind::queues, evaluate::SplitKind::last_song);
  const evaluate::Split split = any_split(dataset, any_options(kind), 1, seed);
  std::vector<std::size_t> trained(dataset.queues.size());  // songs at the start of each queue
  std::uint64_t plays = 0;
  for (std::size_t i = 0; i < split.training_queues.size(); ++i) {
    const std::size_t queue = split.training_queues[i];
    const auto songs = dataset.queues.songs(queue);
    const auto seen = split.training.queues.songs(i);
    // With min_plays 1 every song trained on is in the catalogue, so the queue is a prefix, renumbered.
    for (std::size_t at = 0; at < seen.size(); ++at) RC_ASSERT(split.rows[seen[at]] == songs[at]);
    trained[queue] = seen.size();
    plays += seen.size();
  }
  RC_ASSERT(plays == split.training_plays);
  for (const evaluate::HeldOutQueue& queue : split.held_out) {
    RC_ASSERT(queue.first >= std::max<std::size_t>(1, trained[queue.queue]));
    RC_ASSERT(queue.end <= dataset.queues.songs(queue.queue).size());
    RC_ASSERT(queue.unit < split.units);
  }
}

RC_GTEST_PROP(Split, by_time_trains_a_gap_before, (std::uint64_t seed)) {
  const data::Dataset& dataset = any_dataset(seed);
  const evaluate::SplitOptions options = any_options(evaluate::SplitKind::time);
  const evaluate::Split split = any_split(dataset, options, 1, seed);
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (const std::size_t queue : split.training_queues) last = std::max(last, *dataset.queues.start(queue));
  const std::int64_t gap = std::chrono::microseconds(options.gap).count();
  for (const evaluate::HeldOutQueue& queue : split.held_out) RC_ASSERT(*dataset.queues.start(queue.queue) > last + gap);
}

RC_GTEST_PROP(Split, by_queues_no_user_is_on_both_sides, (std::uint64_t seed)) {
  const data::Dataset& dataset = any_dataset(seed);
  const evaluate::Split split = any_split(dataset, any_options(evaluate::SplitKind::queues), 1, seed);
  std::set<std::string_view> users;
  for (const std::size_t queue : split.training_queues) users.insert(dataset.queues.user(queue));
  for (const evaluate::HeldOutQueue& queue : split.held_out)
    RC_ASSERT(!users.contains(dataset.queues.user(queue.queue)));
}

RC_GTEST_PROP(Split, is_reproducible, (std::uint64_t seed)) {
  const data::Dataset& dataset = any_dataset(seed);
  const evaluate::SplitOptions options = any_options(evaluate::SplitKind::queues);
  const evaluate::Split one = any_split(dataset, options, 2, seed);
  const evaluate::Split again = any_split(dataset, options, 2, seed);
  RC_ASSERT(one.rows == again.rows);
  RC_ASSERT(one.training_queues == again.training_queues);
  RC_ASSERT(std::ranges::equal(one.held_out, again.held_out, {}, &evaluate::HeldOutQueue::queue,
                               &evaluate::HeldOutQueue::queue));
}

// For any method: best first, no song twice, none masked, all in the catalogue, and the same for a query alone as in
// a batch.
RC_GTEST_PROP(Methods, lists_are_ordered_without_masked_songs, (std::uint64_t seed)) {
  const data::Dataset& dataset = any_dataset(seed);
  const evaluate::Split split = any_split(dataset, any_options(evaluate::SplitKind::time), 1, seed);
  const train::TrainOptions train{.dim = 4, .min_plays = 1, .epochs = 1, .threads = 1};
  NoProgress progress;
  const evaluate::Knowledge knowledge(dataset, split);
  evaluate::Ingredients ingredients(split.training, train, progress, {}, &knowledge);
  const std::vector<evaluate::Position> positions = evaluate::list_positions(dataset, split, 3);
  evaluate::QueryBatch batch(dataset, split, knowledge, 3);
  const std::span<const evaluate::Query> queries =
      batch.make(positions, 0, std::min(positions.size(), index::kBatchQueries));
  const std::vector<std::unique_ptr<evaluate::Method>> methods = evaluate::make_methods("all");
  evaluate::Method& method = *methods[seed % methods.size()];
  if (!method.fit(ingredients)) return;
  const auto ranker = method.ranker();
  std::vector<std::vector<math::ScoredRow>> lists(queries.size());
  ranker->rank(queries, 12, lists);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    RC_ASSERT(lists[i].size() <= 12U);
    RC_ASSERT(std::ranges::is_sorted(lists[i], math::is_better));
    std::set<std::uint32_t> songs;
    for (const math::ScoredRow& song : lists[i]) {
      RC_ASSERT(song.row < split.training.song_count());
      RC_ASSERT(songs.insert(song.row).second);
      RC_ASSERT(!std::ranges::binary_search(queries[i].masked, song.row));
    }
  }
  const std::size_t one = queries.size() / 2;
  std::vector<std::vector<math::ScoredRow>> alone(1);
  method.ranker()->rank(queries.subspan(one, 1), 12, alone);
  RC_ASSERT(alone[0] == lists[one]);
}

}  // namespace
}  // namespace segue
