#include "segue/transitions/transitions.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/data/dataset/queues.h"

#include "bench/support/corpus.h"

namespace segue::transitions {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Transitions count(const std::vector<std::vector<std::uint32_t>>& queues, std::uint32_t songs,
                  const TransitionOptions& options) {
  NoProgress progress;
  return count_transitions(data::Queues(queues), songs, options, progress, {});
}

TEST(Transitions, of_one_queue_by_hand) {
  const Transitions transitions = count({{0, 1, 2, 1}}, 3, {.window = 2});
  const TransitionsOf first = transitions.of(0);
  EXPECT_THAT(first.neighbours, ElementsAre(1, 2));
  EXPECT_THAT(first.forward, ElementsAre(1.0F, 0.5F));
  EXPECT_THAT(first.backward, ElementsAre(0.0F, 0.0F));
  EXPECT_THAT(first.counts, ElementsAre(1, 1));
  const TransitionsOf second = transitions.of(1);  // 2 comes after and before it; itself at distance 2 does not count
  EXPECT_THAT(second.neighbours, ElementsAre(0, 2));
  EXPECT_THAT(second.forward, ElementsAre(0.0F, 1.0F));
  EXPECT_THAT(second.backward, ElementsAre(1.0F, 1.0F));
  EXPECT_THAT(second.counts, ElementsAre(1, 2));
}

TEST(Transitions, counts_beyond_their_type_stop_at_its_maximum) {
  const Transitions transitions = count({{0, 1, 0, 1, 0}, {0, 2}}, 3, {.window = 1, .most_count = 3});
  EXPECT_THAT(transitions.of(0).neighbours, ElementsAre(1, 2));
  EXPECT_THAT(transitions.of(0).counts, ElementsAre(3, 1));  // 4 pairs
  EXPECT_THAT(transitions.of(0).forward, ElementsAre(2.0F, 1.0F));
}

TEST(Transitions, omitted_songs_take_no_place) {
  const Transitions transitions = count({{0, 7, 9, 1}}, 2, {.window = 1});
  EXPECT_THAT(transitions.of(0).neighbours, ElementsAre(1));
  EXPECT_THAT(transitions.of(0).forward, ElementsAre(1.0F));
}

TEST(Transitions, ties_go_to_the_smaller_row) {
  const Transitions transitions = count({{3, 0}, {2, 0}, {0, 1}}, 5, {.window = 5, .kept = 2});
  EXPECT_THAT(transitions.of(0).neighbours, ElementsAre(1, 2));
  EXPECT_THAT(transitions.of(4).neighbours, IsEmpty());
}

// 3/10 and 1/5 + 1/10, which floating-point numbers would tell apart.
TEST(Transitions, equal_weights_are_ties) {
  const std::vector<std::uint32_t> ten_apart = {0, 10, 11, 12, 13, 14, 15, 16, 17, 18, 1};
  std::vector<std::uint32_t> once_ten_apart = ten_apart;
  once_ten_apart.back() = 2;
  const Transitions transitions =
      count({ten_apart, ten_apart, ten_apart, once_ten_apart, {0, 10, 11, 12, 13, 2}}, 20, {.window = 10, .kept = 10});
  EXPECT_THAT(transitions.of(0).neighbours, ElementsAre(1, 10, 11, 12, 13, 14, 15, 16, 17, 18));
}

TEST(Transitions, of_a_wide_window_are_rounded_by_less_than_a_thousandth) {
  std::vector<std::uint32_t> queue(301);
  std::iota(queue.begin(), queue.end(), 0U);
  const Transitions transitions = count({queue}, 301, {.window = 300, .kept = 300});
  const TransitionsOf first = transitions.of(0);
  for (std::uint32_t distance = 1; distance <= 300; ++distance) {
    const float wanted = 1.0F / static_cast<float>(distance);
    EXPECT_NEAR(first.forward[distance - 1], wanted, distance <= 16 ? 0 : 1e-3 * static_cast<double>(wanted));
  }
}

TEST(Transitions, of_nothing) {
  EXPECT_EQ(count({}, 0, {}).songs(), 0U);
  const Transitions none = count({{}, {0}}, 1, {});
  EXPECT_EQ(none.songs(), 1U);
  EXPECT_THAT(none.of(0).neighbours, IsEmpty());
  EXPECT_EQ(none.entries(), 0U);
}

// Directly by the definition in the header: every two plays, counted in a map.
struct Slow {
  std::map<std::int64_t, std::uint32_t> counts_by_distance;  // negative: backward
  // In twelfths, which every distance of the test divides.
  std::int64_t sum(bool backward) const {
    std::int64_t sum = 0;
    for (const auto& [distance, number] : counts_by_distance) {
      if ((distance < 0) == backward) sum += number * (12 / std::abs(distance));
    }
    return sum;
  }
  std::uint32_t count() const {
    std::uint32_t total = 0;
    for (const auto& [distance, number] : counts_by_distance) total += number;
    return total;
  }
};
using SlowTransitions = std::map<std::uint32_t, std::map<std::uint32_t, Slow>>;

SlowTransitions count_slowly(const std::vector<std::vector<std::uint32_t>>& queues, std::uint32_t songs,
                             std::int64_t window) {
  SlowTransitions slow;
  for (std::vector<std::uint32_t> queue : queues) {
    std::erase_if(queue, [&](std::uint32_t song) { return song >= songs; });
    const auto size = static_cast<std::int64_t>(queue.size());
    for (std::int64_t a = 0; a < size; ++a) {
      for (std::int64_t b = a + 1; b < size && b - a <= window; ++b) {
        const std::uint32_t earlier = queue[static_cast<std::size_t>(a)];
        const std::uint32_t later = queue[static_cast<std::size_t>(b)];
        if (earlier == later) continue;
        ++slow[earlier][later].counts_by_distance[b - a];
        ++slow[later][earlier].counts_by_distance[a - b];
      }
    }
  }
  return slow;
}

TEST(Transitions, agree_with_a_map_of_all_pairs) {
  const Corpus corpus = generate_corpus({.songs = 150, .clusters = 5, .plays = 20'000});
  constexpr std::uint32_t kSongs = 100;
  constexpr std::size_t kKept = 30;
  const Transitions transitions = count(corpus.queues, kSongs, {.window = 4, .kept = kKept});
  SlowTransitions slow = count_slowly(corpus.queues, kSongs, 4);
  for (std::uint32_t song = 0; song < kSongs; ++song) {
    std::vector<std::pair<std::int64_t, std::uint32_t>> order;
    for (const auto& [neighbour, pairs] : slow[song]) {
      order.emplace_back(-(pairs.sum(false) + pairs.sum(true)), neighbour);
    }
    std::ranges::sort(order);
    order.resize(std::min(kKept, order.size()));
    std::ranges::sort(order, {}, &std::pair<std::int64_t, std::uint32_t>::second);
    const TransitionsOf found = transitions.of(song);
    ASSERT_EQ(found.neighbours.size(), order.size());
    for (std::size_t i = 0; i < found.neighbours.size(); ++i) {
      const Slow& pairs = slow[song][order[i].second];
      ASSERT_EQ(found.neighbours[i], order[i].second) << song;
      ASSERT_EQ(found.forward[i], static_cast<float>(pairs.sum(false)) / 12);
      ASSERT_EQ(found.backward[i], static_cast<float>(pairs.sum(true)) / 12);
      ASSERT_EQ(found.counts[i], pairs.count());
    }
  }
}

TEST(Transitions, do_not_depend_on_threads_or_memory) {
  const Corpus corpus = generate_corpus({.songs = 500, .clusters = 5, .plays = 50'000});
  const Transitions whole = count(corpus.queues, 400, {.threads = 1});
  for (const std::uint32_t threads : {1U, 4U}) {
    for (const std::size_t memory : {std::size_t{1}, std::size_t{100'000}, std::size_t{1} << 30}) {
      const Transitions other = count(corpus.queues, 400, {.memory_bytes = memory, .threads = threads});
      EXPECT_TRUE(other == whole) << threads << " threads, " << memory << " bytes";
    }
  }
}

TEST(Transitions, stop_when_requested) {
  std::stop_source source;
  source.request_stop();
  NoProgress progress;
  try {
    count_transitions(data::Queues(std::vector<std::vector<std::uint32_t>>{{0, 1}}), 2, {}, progress,
                      source.get_token());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
}

}  // namespace
}  // namespace segue::transitions
