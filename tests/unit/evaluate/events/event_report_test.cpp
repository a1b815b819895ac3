#include "segue/evaluate/events/event_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <gtest/gtest.h>

#include "segue/base/random.h"
#include "segue/recommend/team_draft.h"

#include "tests/support/expect_error.h"
#include "tests/support/memory_store.h"

namespace segue::evaluate {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;

std::string list_of(const std::string& model, unsigned char number, recommend::ListKind kind,
                    std::int64_t made_at = kNow) {
  recommend::ListId id;
  id.made_at = made_at;
  id.random[0] = number;
  id.kind = kind;
  id.model = model;
  return recommend::text_of(id);
}

class EventReportTest : public ::testing::Test {
 protected:
  void add(const std::string& list, std::uint32_t position, store::ListEvent event, std::string user,
           std::optional<std::int64_t> played_ms = {}) {
    store_.add_events(std::vector<store::StoredEvent>{{.list = list,
                                                       .made_at = recommend::parse_list_id(list)->made_at,
                                                       .position = position,
                                                       .song = "s",
                                                       .event = event,
                                                       .played_ms = played_ms,
                                                       .happened_at = kNow,
                                                       .user = std::move(user)}});
  }
  void see(const std::string& list, std::uint32_t songs, const std::string& user) {
    for (std::uint32_t i = 1; i <= songs; ++i) add(list, i, store::ListEvent::impression, user);
  }

  testing::MemoryStore store_;
};

TEST_F(EventReportTest, counts_by_model_route_and_position) {
  const std::string first = list_of("a", 1, recommend::ListKind::user);
  const std::string second = list_of("a", 2, recommend::ListKind::radio);
  see(first, 12, "ann");
  add(first, 1, store::ListEvent::click, "ann");
  add(first, 2, store::ListEvent::play, "ann", 29'999);
  add(first, 3, store::ListEvent::play, "ann", 30'000);
  add(first, 12, store::ListEvent::play, "ann");
  add(first, 13, store::ListEvent::click, "ann");  // not seen
  see(second, 2, "");
  add(second, 1, store::ListEvent::skip, "");
  add(second, 2, store::ListEvent::save, "");
  add(second, 2, store::ListEvent::click, "");
  const EventReport report = report_events(store_, {}, kNow);
  EXPECT_EQ(report.events, 22U);
  EXPECT_EQ(report.lists, 2U);
  EXPECT_EQ(report.listeners, 2U);
  EXPECT_EQ(report.not_shown, 1U);
  ASSERT_EQ(report.models.size(), 1U);
  const RatesReply& all = report.models[0];
  EXPECT_EQ(all.shown, 14U);
  EXPECT_EQ(all.click.songs, 2U);
  EXPECT_EQ(all.play.songs, 2U);
  EXPECT_EQ(all.skip.songs, 1U);
  EXPECT_EQ(all.save.songs, 1U);
  EXPECT_DOUBLE_EQ(all.click.rate, 2.0 / 14);
  ASSERT_EQ(report.routes.size(), 2U);
  EXPECT_EQ(report.routes[0].name, "radio");
  EXPECT_DOUBLE_EQ(report.routes[0].click.rate, 0.5);
  EXPECT_FALSE(report.routes[0].click.low);  // a single listener
  ASSERT_EQ(report.positions.size(), 11U);
  EXPECT_EQ(report.positions[0].click.songs, 1U);
  EXPECT_EQ(report.positions[0].shown, 2U);
  EXPECT_EQ(report.positions[10].name, "11 to 20");
  EXPECT_EQ(report.positions[10].shown, 2U);
  EXPECT_EQ(report.positions[10].lists, 1U);
}

TEST_F(EventReportTest, says_what_is_missing) {
  EXPECT_ERROR(report_events(store_, {}, kNow), ErrorCode::not_found, "no events of lists made in the last 30d");
  add(list_of("a", 1, recommend::ListKind::user, kNow - 31 * 24 * 3600), 1, store::ListEvent::click, "ann");
  EXPECT_ERROR(report_events(store_, {}, kNow), ErrorCode::not_found, "no events of lists made in the last 30d");
  const EventReport report = report_events(store_, {.since = std::chrono::seconds(0)}, kNow);
  EXPECT_TRUE(report.models.empty());
  ASSERT_EQ(report.notes.size(), 2U);
  EXPECT_NE(report.notes[1].find("no impressions were reported"), std::string::npos);
}

TEST_F(EventReportTest, compares_models_of_known_listeners_only) {
  for (unsigned char i = 0; i < 40; ++i) {
    const std::string list = list_of(i % 2 == 0 ? "a" : "b", i, recommend::ListKind::user);
    const std::string user = i < 20 ? "" : "listener " + std::to_string(i);
    see(list, 10, user);
    if (i < 20) continue;
    for (std::uint32_t p = 1; p <= (i % 2 == 0 ? 2U : 4U) + i % 4 / 2; ++p) add(list, p, store::ListEvent::click, user);
  }
  const EventReport report = report_events(store_, {}, kNow);
  ASSERT_EQ(report.comparisons.size(), 1U);
  const ModelComparisonReply& found = report.comparisons[0];
  EXPECT_EQ(found.model, "b");
  EXPECT_EQ(found.against, "a");
  EXPECT_EQ(found.lists, 20U);
  EXPECT_TRUE(found.decided);
  // Rates 0.45 and 0.25 (4 or 5, and 2 or 3, of ten songs).
  EXPECT_NEAR(*found.lift, 0.8, 1e-9);
  EXPECT_TRUE(found.verdict.starts_with("b gets 80.0 % more clicks than a (")) << found.verdict;
  EXPECT_TRUE(found.verdict.ends_with("; decided"));
}

// The click model of the simulations: listeners look at position p with probability 1 / p^0.7 and click what they look
// at by its relevance, times how much they like to click at all, which is lognormal.
class Listeners {
 public:
  // `spread`: the standard deviation of the logarithm of how much they like to click. Each has `lists_each` lists.
  Listeners(std::uint64_t seed, double spread, std::size_t lists_each)
      : random_(seed), spread_(spread), lists_each_(lists_each) {}

  // Songs in the order of a model: song i has the relevance 0.5 * 0.9^i, seen with this much noise.
  std::vector<std::size_t> order(double noise) {
    std::vector<std::pair<double, std::size_t>> scored;
    for (std::size_t i = 0; i < kSongs; ++i) scored.push_back({-relevance(i) + noise * (random_.uniform() - 0.5), i});
    std::ranges::sort(scored);
    std::vector<std::size_t> songs;
    for (const auto& [score, song] : scored) songs.push_back(song);
    songs.resize(kShown);
    return songs;
  }

  // Whose list comes next, from 0.
  std::size_t next() {
    if (lists_++ % lists_each_ == 0) {
      // Box and Muller 1958; the mean over listeners is 1.
      const double normal = std::sqrt(-2 * std::log(1 - random_.uniform())) * std::cos(6.283185307 * random_.uniform());
      eager_ = std::exp(spread_ * normal - spread_ * spread_ / 2);
    }
    return (lists_ - 1) / lists_each_;
  }

  ListResponses see(const recommend::ListId& id, const std::vector<std::size_t>& songs, std::size_t listener) {
    ListResponses list{.id = id, .user = std::to_string(listener), .songs = {}};
    for (std::uint32_t p = 1; p <= songs.size(); ++p) {
      SongResponses& song = list.songs.emplace_back();
      song.position = p;
      song.shown = true;
      const double clicks = std::min(1.0, eager_ * relevance(songs[p - 1])) / std::pow(p, 0.7);
      song.is[static_cast<std::size_t>(Response::click)] = random_.uniform() < clicks;
    }
    return list;
  }

  std::uint64_t draw() { return random_(); }

  static constexpr std::size_t kShown = 10;

 private:
  static constexpr std::size_t kSongs = 40;
  static double relevance(std::size_t song) { return 0.5 * std::pow(0.9, static_cast<double>(song)); }

  Random random_;
  double spread_;
  std::size_t lists_each_;
  std::size_t lists_ = 0;
  double eager_ = 1;
};

struct Outcome {
  double t = 0;  // of b against a
  bool decided = false;
};

// t as the p of a test says it, with the sign of the effect.
double t_of_p(double p, bool positive) {
  double low = 0;
  double high = 40;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.0)) > p ? low : high) = middle;
  }
  return positive ? low : -low;
}

struct Simulation {
  std::size_t lists = 0;
  std::size_t lists_each = 1;
  double spread = 0;
  double noise_a = 0.3;
  double noise_b = 0.3;
};

Outcome ab(std::uint64_t seed, const Simulation& of) {
  Listeners listeners(seed, of.spread, of.lists_each);
  EventCounts counts({});
  for (std::size_t i = 0; i < of.lists; ++i) {
    const std::size_t listener = listeners.next();
    recommend::ListId id;
    id.model = listener % 2 == 0 ? "a" : "b";
    counts.add(listeners.see(id, listeners.order(listener % 2 == 0 ? of.noise_a : of.noise_b), listener));
  }
  for (const ModelComparisonReply& found : counts.report().comparisons) {
    if (!found.p) return {};
    const bool for_b = (*found.lift > 0) == (found.model == "b");
    return {t_of_p(*found.p, for_b), found.decided};
  }
  return {};
}

std::vector<std::string_view> ids_of(const std::vector<std::size_t>& songs) {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> made;
    for (std::size_t n = 0; n < 100; ++n) made.push_back(std::to_string(n));
    return made;
  }();
  std::vector<std::string_view> ids;
  for (const std::size_t song : songs) ids.push_back(names[song]);
  return ids;
}

Outcome interleaved(std::uint64_t seed, const Simulation& of) {
  Listeners listeners(seed, of.spread, of.lists_each);
  EventCounts counts({});
  for (std::size_t i = 0; i < of.lists; ++i) {
    const std::size_t listener = listeners.next();
    recommend::ListId id;
    id.model = "a";
    id.second = "b";
    const std::vector<std::size_t> a = listeners.order(of.noise_a);
    const std::vector<std::size_t> b = listeners.order(of.noise_b);
    std::vector<std::size_t> shown;
    for (const recommend::DraftPick& pick :
         recommend::team_draft(ids_of(a), ids_of(b), Listeners::kShown, Random(listeners.draw()))) {
      shown.push_back((pick.is_of_second ? b : a)[pick.place]);
      if (pick.has_team) id.is_of_second.push_back(pick.is_of_second);
    }
    counts.add(listeners.see(id, shown, listener));
  }
  const InterleavingReply found = counts.report().interleaved.at(0);
  if (!found.p) return {};
  return {t_of_p(*found.p, found.wins > found.losses), found.decided};
}

// How many times as many lists A/B needs as interleaving, since t grows with the square root of the lists.
double factor_of(const Simulation& simulation, int runs) {
  double of_interleaving = 0;
  double of_ab = 0;
  for (int run = 0; run < runs; ++run) {
    of_interleaving += interleaved(static_cast<std::uint64_t>(run), simulation).t / runs;
    of_ab += ab(static_cast<std::uint64_t>(run) + 100'000, simulation).t / runs;
  }
  const double factor = of_interleaving * of_interleaving / (of_ab * of_ab);
  std::printf("%zu lists, %zu each, spread %.1f: mean t of interleaving %.2f, of A/B %.2f; factor %.1f\n",
              simulation.lists, simulation.lists_each, simulation.spread, of_interleaving, of_ab, factor);
  EXPECT_GT(of_interleaving, 0);
  EXPECT_GT(of_ab, 0);
  return factor;
}

// The more listeners differ in how much they click, and the more lists each has, the less A/B sees.
TEST(InterleavingStatistics, finds_the_better_model_with_far_fewer_lists_than_ab) {
  constexpr int kRuns = 60;
  const double alike = factor_of({.lists = 1000, .noise_a = 0.4, .noise_b = 0.2}, kRuns);
  const double different =
      factor_of({.lists = 1000, .lists_each = 10, .spread = 1, .noise_a = 0.4, .noise_b = 0.2}, kRuns);
  EXPECT_GT(alike, 1.5);
  EXPECT_GT(different, 6);
  EXPECT_GT(different, alike);
}

// 5 % of 400 are 20, with a standard deviation of 4.4. The sign test is exact and so alarms more seldom.
TEST(InterleavingStatistics, of_equal_models_raises_the_nominal_share_of_alarms) {
  constexpr int kRuns = 400;
  int exact = 0;
  int of_repeated = 0;
  int of_ab = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto seed = static_cast<std::uint64_t>(run) + 5000;
    exact += interleaved(seed, {.lists = 200}).decided ? 1 : 0;
    of_repeated += interleaved(seed, {.lists = 300, .lists_each = 5, .spread = 1}).decided ? 1 : 0;
    of_ab += ab(seed, {.lists = 300, .lists_each = 5, .spread = 1}).decided ? 1 : 0;
  }
  std::printf("alarms of %d: interleaving %d, with five lists a listener %d, A/B %d\n", kRuns, exact, of_repeated,
              of_ab);
  for (const int found : {exact, of_repeated, of_ab}) {
    EXPECT_GT(found, 3);
    EXPECT_LT(found, 36);
  }
}

}  // namespace
}  // namespace segue::evaluate
