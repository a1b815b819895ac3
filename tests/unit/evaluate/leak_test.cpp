// What methods may know: everything before a position, nothing after it.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/knowledge.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/positions.h"
#include "segue/evaluate/rankers.h"

#include "tests/support/small_dataset.h"

namespace segue::evaluate {
namespace {

using testing::Scratch;

constexpr std::uint32_t kQueues = 60;
constexpr std::uint32_t kFirstHeldOut = 45;
constexpr std::uint32_t kAsked = 52;  // the queue whose positions are looked at
constexpr std::uint32_t kLength = 6;
constexpr std::uint32_t kPlace = 3;    // the last position looked at: what is played from here on is the future
constexpr std::uint32_t kSecret = 11;  // the song planted
using Songs = std::vector<std::vector<std::uint32_t>>;

// Three listeners go round a circle of twelve songs in queues of six.
Songs circles() {
  Songs queues;
  for (std::uint32_t queue = 0; queue < kQueues; ++queue) {
    std::vector<std::uint32_t>& songs = queues.emplace_back();
    for (std::uint32_t place = 0; place < kLength; ++place) songs.push_back((queue * 7 + place) % 12);
  }
  return queues;
}

data::Dataset dataset_of(const Scratch& scratch, const Songs& queues) {
  std::vector<std::string> users;
  for (std::uint32_t queue = 0; queue < queues.size(); ++queue) users.push_back("u" + std::to_string(queue % 3));
  return testing::small_dataset(scratch, queues, users);
}

// What a server could not do: knows how often each song is played in the whole dataset.
class Prophet final : public Method {
 public:
  explicit Prophet(const data::Dataset& dataset) : dataset_(dataset) {}
  std::string_view name() const override { return "prophet"; }
  std::string_view summary() const override { return "The songs most played until the end of time"; }
  bool fit(Ingredients& ingredients) override {
    std::vector<float> plays(ingredients.training().song_count());
    for (std::size_t queue = 0; queue < dataset_.queues.size(); ++queue) {
      for (const std::uint32_t row : dataset_.queues.songs(queue)) ++plays.at(row);  // numbered alike in these tests
    }
    for (std::uint32_t song = 0; song < plays.size(); ++song) order_.push_back({song, plays[song]});
    std::ranges::sort(order_, math::is_better);
    return true;
  }
  std::unique_ptr<Ranker> ranker() const override { return make_fixed_ranker(order_); }

 private:
  const data::Dataset& dataset_;
  std::vector<math::ScoredRow> order_;
};

using Lists = std::vector<std::vector<math::ScoredRow>>;

// The lists of a method at the first positions of the queue asked, for both tasks, at every setting.
Lists lists_at(const data::Dataset& dataset, Method& method) {
  const Split split =
      make_split(dataset, {.split = SplitKind::time, .held_out = 0.25, .gap = std::chrono::milliseconds(0)}, 1, 1);
  EXPECT_EQ(split.held_out.front().queue, kFirstHeldOut);
  const Knowledge knowledge(dataset, split);
  NoProgress progress;
  Ingredients ingredients(split.training, {.dim = 8, .min_plays = 1, .threads = 1}, progress, {}, &knowledge);
  if (!method.fit(ingredients)) return {};
  std::vector<Position> positions;
  for (std::uint32_t at = 1; at <= kPlace; ++at) {
    for (const Mode mode : {Mode::discovery, Mode::next}) {
      positions.push_back({.held_out = kAsked - kFirstHeldOut, .at = at, .mode = mode});
    }
  }
  QueryBatch batch(dataset, split, knowledge, 10);
  Lists lists(positions.size());
  method.ranker()->rank(batch.make(positions, 0, positions.size()), 12, lists);
  return lists;
}

Lists lists_at(const Songs& queues, std::string_view name) {
  const Scratch scratch;
  const data::Dataset dataset = dataset_of(scratch, queues);
  if (name == "prophet") {
    Prophet prophet(dataset);
    return lists_at(dataset, prophet);
  }
  return lists_at(dataset, *make_method(name));
}

// Everybody plays the secret and nothing else: after the last position looked at, in its queue and in all later ones.
Songs with_planted_future() {
  Songs queues = circles();
  std::fill(queues[kAsked].begin() + kPlace, queues[kAsked].end(), kSecret);
  for (std::uint32_t queue = kAsked + 1; queue < kQueues; ++queue) std::ranges::fill(queues[queue], kSecret);
  return queues;
}

TEST(Knowledge, nothing_that_comes_later_reaches_a_method) {
  for (const std::unique_ptr<Method>& method : make_methods("all")) {
    const Lists calm = lists_at(circles(), method->name());
    EXPECT_FALSE(calm.empty()) << method->name();
    EXPECT_EQ(calm, lists_at(with_planted_future(), method->name())) << method->name();
  }
}

TEST(Knowledge, the_check_above_finds_a_leak) {
  EXPECT_NE(lists_at(circles(), "prophet"), lists_at(with_planted_future(), "prophet"));
}

// The same song, played before: by the listener in an earlier held-out queue, and by somebody else.
TEST(Knowledge, earlier_held_out_queues_reach_methods) {
  Songs mine = circles();
  std::ranges::fill(mine[kAsked - 3], kSecret);
  Songs others = circles();
  std::ranges::fill(others[kAsked - 1], kSecret);
  for (const std::string_view name : {"personal", "personal-actr", "blend"}) {
    EXPECT_NE(lists_at(circles(), name), lists_at(mine, name)) << name;
  }
  for (const std::string_view name : {"personal", "personal-actr"}) {
    EXPECT_EQ(lists_at(circles(), name), lists_at(others, name)) << name;
  }
  EXPECT_NE(lists_at(circles(), "recent"), lists_at(others, "recent"));
}

TEST(Knowledge, the_song_being_played_is_not_in_the_past_yet) {
  const Scratch scratch;
  const data::Dataset dataset = dataset_of(scratch, circles());
  const Split split =
      make_split(dataset, {.split = SplitKind::time, .held_out = 0.25, .gap = std::chrono::milliseconds(0)}, 1, 1);
  const Knowledge knowledge(dataset, split);
  const std::uint32_t held_out = kAsked - kFirstHeldOut;
  const std::size_t before = knowledge.past(held_out, 0).end;
  EXPECT_EQ(before, (kAsked / 3) * kLength);  // of every third queue
  for (std::uint32_t at = 0; at < kLength; ++at) EXPECT_EQ(knowledge.past(held_out, at).end, before + at);
}

}  // namespace
}  // namespace segue::evaluate
