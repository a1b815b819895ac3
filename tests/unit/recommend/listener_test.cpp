// What a listener's past and the trend say, computed by hand.
#include "segue/recommend/listener.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/plays/habits.h"

namespace segue::recommend {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t kSongsOfModel = 1000;

// A tenth after one play, less with every group of gaps, and twice as much from the second play on.
plays::ReturnRates falling_rates() {
  plays::ReturnRates rates;
  for (std::size_t gap = 0; gap < plays::kGapGroups; ++gap) {
    for (std::size_t plays = 0; plays < plays::kPlayGroups; ++plays) {
      rates.rates[gap][plays] = 0.1F / static_cast<float>(gap + 1) * (plays > 0 ? 2 : 1);
    }
  }
  rates.repeats = 0.1F;
  return rates;
}

// Song 3 has four plays these days, and half a play these months; all others have one of each.
std::vector<plays::TrendPlays> one_leader() {
  std::vector<plays::TrendPlays> plays(10, plays::TrendPlays{1, 1, 1});
  plays[3] = {4, 1, 0.5};
  return plays;
}

class ListenerTest : public ::testing::Test {
 protected:
  ListenerTest() : past_({4, 5, 1, 7, 5, 2, 1, 4, 5}, std::vector<std::uint64_t>{40, 50, 10, 70, 50, 20, 10, 40, 50}) {}

  Evidence evidence(data::SongRow song, std::uint64_t artist, const model::BlendWeights& weights = {}) const {
    const ListenerEvidence listener(&rates_, &trend_, weights, {{&past_, past_.size()}, 0}, kSongsOfModel);
    Evidence found;
    found.song = song;
    listener.add_to(found, artist);
    return found;
  }

  const plays::ReturnRates rates_ = falling_rates();
  const plays::Past past_;
  const plays::TrendUntil trend_{one_leader()};
};

TEST_F(ListenerTest, own_transitions_are_what_came_after_the_last_song_before) {
  // 5 came twice before: once after 4 as now, which counts twice, and once after 7; with one more they are 4.
  EXPECT_FLOAT_EQ(evidence(1, 10)[Term::own_transitions], (2.0F / 1 + 1.0F / 2) / 4);
  EXPECT_FLOAT_EQ(evidence(2, 20)[Term::own_transitions], 1.0F / 4);
  EXPECT_FLOAT_EQ(evidence(7, 70)[Term::own_transitions], (2.0F / 2) / 4);
  EXPECT_EQ(evidence(3, 30)[Term::own_transitions], 0);
}

TEST_F(ListenerTest, returns_are_rates_by_gap_and_plays) {
  EXPECT_FLOAT_EQ(evidence(7, 70)[Term::returns], rates_.of(6, 1));
  EXPECT_FLOAT_EQ(evidence(1, 10)[Term::returns], rates_.of(3, 2));
  EXPECT_FLOAT_EQ(evidence(1, 10)[Term::familiar], std::log(rates_.of(3, 2) * kSongsOfModel));
  EXPECT_EQ(evidence(3, 30)[Term::returns], 0);
  EXPECT_EQ(evidence(3, 30)[Term::familiar], 0);
}

TEST_F(ListenerTest, who_repeats_more_than_others_gets_more_repeats) {
  model::BlendWeights weights;
  weights.blend_repeater = 1;
  // Four of nine plays repeat, where a tenth do, and five more plays are as usual.
  const float more = (4 + 5 * 0.1F) / (9 + 5) / 0.1F;
  EXPECT_FLOAT_EQ(evidence(1, 10, weights)[Term::returns], more * rates_.of(3, 2));
}

TEST_F(ListenerTest, artists_and_trend_are_counted) {
  EXPECT_FLOAT_EQ(evidence(3, 50)[Term::known_artist], std::log(4.0F));
  EXPECT_FLOAT_EQ(evidence(3, 30)[Term::trend_days], 4 / 1.3F);
  EXPECT_FLOAT_EQ(evidence(3, 30)[Term::trend_months], 0.5F / 0.95F);
}

TEST_F(ListenerTest, candidates_are_played_songs_and_leaders) {
  const ListenerEvidence listener(&rates_, &trend_, {}, {{&past_, past_.size()}, 0}, kSongsOfModel);
  EXPECT_THAT(listener.candidates(), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  const ListenerEvidence no_trend(&rates_, nullptr, {}, {{&past_, past_.size()}, 0}, kSongsOfModel);
  EXPECT_THAT(no_trend.candidates(), ElementsAre(1, 2, 4, 5, 7));
}

TEST_F(ListenerTest, of_whom_nothing_is_known_has_no_terms) {
  const ListenerEvidence stranger(&rates_, &trend_, {}, {}, kSongsOfModel);
  EXPECT_THAT(stranger.candidates(), IsEmpty());
  EXPECT_FALSE(stranger.knows_returns());
  Evidence found;
  found.song = 1;
  stranger.add_to(found, 10);
  EXPECT_THAT(found.values, ::testing::Each(0.0F));
}

}  // namespace
}  // namespace segue::recommend
