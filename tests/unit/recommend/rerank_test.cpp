#include "segue/recommend/rerank.h"

#include <cmath>
#include <memory>

#include <gtest/gtest.h>

#include "segue/recommend/cosine.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

// 24 songs of four artists, song i by artist i % 4; the most played first.
class RerankTest : public ::testing::Test {
 protected:
  RerankTest() {
    testing::SmallModel small = testing::small_model();
    small.songs[5].title = "Waltz (Live)";
    small.songs[9].title = "Waltz - Remastered";  // by the artist of 5
    testing::write_small_model(folder_ / "model", small);
    model_ = std::make_unique<model::Model>(folder_ / "model");
    for (std::uint32_t row = 0; row < 24; ++row) pool_.push_back({row, 1 - 0.01F * static_cast<float>(row)});
  }
  std::vector<std::uint32_t> rows(std::size_t k, const RerankOptions& options, const ListContext& context = {}) const {
    std::vector<std::uint32_t> rows;
    for (const Pick& pick : rerank(*model_, pool_, k, context, options)) rows.push_back(pick.song);
    return rows;
  }
  testing::Scratch folder_;
  std::unique_ptr<model::Model> model_;
  std::vector<math::ScoredRow> pool_;
};

const RerankOptions kPlain{.artist_cap = 0, .artist_gap = 0, .fold_versions = false};

using Rows = std::vector<std::uint32_t>;

TEST_F(RerankTest, without_rules_is_the_pool) {
  EXPECT_EQ(rows(5, kPlain), (Rows{0, 1, 2, 3, 4}));
  EXPECT_EQ(rows(100, kPlain).size(), 24U);
  EXPECT_TRUE(rerank(*model_, {}, 3, {}, kPlain).empty());
  const auto picks = rerank(*model_, pool_, 2, {}, kPlain);
  EXPECT_EQ(picks[1].fit, 0.99F);
}

TEST_F(RerankTest, caps_artists) {
  RerankOptions options = kPlain;
  options.artist_cap = 1;
  // The last song has no artist, so it is one of its own.
  EXPECT_EQ(rows(24, options), (Rows{0, 1, 2, 3, 23}));
}

TEST_F(RerankTest, spaces_artists) {
  pool_ = {{0, 1.0F}, {4, 0.9F}, {8, 0.8F}, {1, 0.1F}, {2, 0.0F}};
  RerankOptions options = kPlain;
  options.artist_gap = 1;
  const auto picks = rerank(*model_, pool_, 5, {}, options);
  std::vector<std::uint32_t> got;
  for (const Pick& pick : picks) got.push_back(pick.song);
  EXPECT_EQ(got, (Rows{0, 1, 4, 2, 8}));
  // Song 4 waited: it has the value of its place, so that values never rise.
  EXPECT_EQ(picks[2].value, picks[1].value);
  EXPECT_EQ(picks[2].fit, 0.9F);
  options.artist_gap = 3;
  EXPECT_EQ(rows(5, options), (Rows{0, 1, 2}));  // too short, but not wrong
}

RerankOptions by_history() {
  RerankOptions options;
  options.fold_versions = false;
  return options;
}

TEST_F(RerankTest, without_history_caps_at_three_and_spaces_by_one) {
  EXPECT_EQ(rows(24, by_history()), (Rows{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 23}));
  pool_ = {{0, 1.0F}, {4, 0.9F}, {1, 0.1F}};
  EXPECT_EQ(rows(3, by_history()), (Rows{0, 1, 4}));
}

TEST_F(RerankTest, somebody_who_plays_an_album_gets_the_album) {
  const Rows album{3, 0, 4};  // the last two by the artist of 0
  pool_ = {{8, 1.0F}, {12, 0.9F}, {16, 0.8F}, {20, 0.7F}, {1, 0.6F}};
  EXPECT_EQ(rows(5, by_history(), {.played = album, .excluded = {}}), (Rows{8, 12, 16, 20, 1}));
  RerankOptions options = by_history();
  options.artist_cap = 3;  // what is asked for holds whatever was played
  EXPECT_EQ(rows(5, options, {.played = album, .excluded = {}}), (Rows{8, 12, 16, 1}));
  options.artist_gap = 1;
  EXPECT_EQ(rows(5, options, {.played = album, .excluded = {}}), (Rows{8, 1, 12}));
}

TEST_F(RerankTest, an_artist_has_its_share_of_the_songs_just_played_at_any_length) {
  const Rows mixed{0, 1, 4, 2};  // half of them by the artist of 0, never twice in a row
  pool_ = {{8, 1.0F}, {12, 0.9F}, {16, 0.8F}, {20, 0.7F}, {1, 0.6F}, {2, 0.5F}, {3, 0.4F}, {5, 0.3F}, {6, 0.2F}};
  RerankOptions options = by_history();
  options.mode = ListMode::any;
  // The fourth of the artist has to wait until it is half of the list.
  EXPECT_EQ(rows(9, options, {.played = mixed, .excluded = {}}), (Rows{8, 1, 12, 2, 16, 3, 20, 5, 6}));
  const Rows others{1, 2, 3};
  EXPECT_EQ(rows(9, options, {.played = others, .excluded = {}}), (Rows{8, 1, 12, 2, 16, 3, 5, 6}));
}

TEST_F(RerankTest, only_the_newest_ten_songs_count) {
  Rows old{0, 4};
  for (std::uint32_t i = 0; i < 10; ++i) old.push_back(i % 2 == 0 ? 1 : 2);
  pool_ = {{8, 1.0F}, {12, 0.9F}};
  EXPECT_EQ(rows(2, by_history(), {.played = old, .excluded = {}}), (Rows{8}));
}

TEST_F(RerankTest, folds_versions) {
  RerankOptions options = kPlain;
  options.fold_versions = true;
  const Rows folded = rows(24, options);
  EXPECT_EQ(folded.size(), 23U);
  EXPECT_EQ(std::ranges::count(folded, 9U), 0);
  // Another version of a song that was played, or disliked, is not a discovery either.
  const Rows played{9};
  EXPECT_EQ(std::ranges::count(rows(24, options, {.played = played, .excluded = {}}), 5U), 0);
  EXPECT_EQ(std::ranges::count(rows(24, options, {.played = {}, .excluded = played}), 5U), 0);
}

TEST_F(RerankTest, drops_played_songs_or_lets_them_rest) {
  RerankOptions options = kPlain;
  const Rows played{1, 0};
  EXPECT_EQ(rows(3, options, {.played = played, .excluded = {}}), (Rows{2, 3, 4}));
  options.mode = ListMode::any;
  options.freshness = 0;
  EXPECT_EQ(rows(3, options, {.played = played, .excluded = {}}), (Rows{0, 1, 2}));
  options.freshness = 1;
  const Rows rested = rows(24, options, {.played = played, .excluded = {}});
  EXPECT_EQ(rested.size(), 24U);
  // A song just played loses the whole scale, the one before it half.
  EXPECT_GT(std::ranges::find(rested, 1U) - rested.begin(), 8);
  EXPECT_LT(std::ranges::find(rested, 1U), std::ranges::find(rested, 0U));
}

TEST_F(RerankTest, popularity_moves_towards_hits_or_away) {
  RerankOptions options = kPlain;
  for (math::ScoredRow& one : pool_) one.score = std::abs(static_cast<float>(one.row) - 12) * -0.01F;
  options.popularity = 1;
  EXPECT_LT(rows(1, options).front(), 12U);
  options.popularity = -1;
  EXPECT_GT(rows(1, options).front(), 12U);
}

TEST_F(RerankTest, diversity_takes_songs_unlike_the_others) {
  std::ranges::sort(pool_, std::less(), [](const math::ScoredRow& one) { return one.row % 4; });
  for (std::size_t i = 0; i < pool_.size(); ++i) pool_[i].score = 1 - 0.01F * static_cast<float>(i);
  const auto likeness = [&](double diversity) {
    RerankOptions options = kPlain;
    options.diversity = diversity;
    const Rows list = rows(6, options);
    float sum = 0;
    for (const std::uint32_t a : list) {
      for (const std::uint32_t b : list) sum += song_cosine(*model_, a, b);
    }
    return sum;
  };
  EXPECT_GT(likeness(0), likeness(0.5) + 1);
  EXPECT_GE(likeness(0.5), likeness(1));
}

TEST_F(RerankTest, surprise_depends_on_the_seed_alone) {
  RerankOptions options = kPlain;
  options.surprise = 1;
  const Rows one = rows(10, options);
  EXPECT_EQ(rows(10, options), one);
  options.seed = 2;
  EXPECT_NE(rows(10, options), one);
}

TEST_F(RerankTest, surprise_draws_from_the_softmax) {
  // Two songs a whole scale apart, temperature 1/2: the worse one comes first once in 1 + e^2.
  pool_ = {{0, 1.0F}, {1, 0.0F}};
  RerankOptions options = kPlain;
  options.surprise = 1;
  int worse_first = 0;
  constexpr int kDraws = 4000;
  for (options.seed = 0; options.seed < kDraws; ++options.seed) worse_first += rows(1, options).front() == 1 ? 1 : 0;
  const double expected = kDraws / (1 + std::exp(2.0));
  EXPECT_NEAR(worse_first, expected, 4 * std::sqrt(expected));
}

TEST_F(RerankTest, widening_continues_until_the_list_is_full) {
  RerankOptions options = kPlain;
  options.artist_cap = 1;
  options.popularity = 0.5;
  std::vector<std::size_t> asked;
  const auto find = [&](std::size_t n) {
    asked.push_back(n);
    // The first pools are all of one artist.
    std::vector<math::ScoredRow> found;
    for (std::size_t i = 0; i < n; ++i) found.push_back({n < 3000 ? 0U : static_cast<std::uint32_t>(i % 24), 0});
    return found;
  };
  const auto picks = rerank_widening(*model_, find, 5, {}, options);
  EXPECT_EQ(picks.size(), 5U);
  EXPECT_EQ(asked, (std::vector<std::size_t>{200, 1600, 12800}));

  // If songs are only dropped, a pool slightly larger than the list is enough at first.
  options.popularity = 0;
  asked.clear();
  EXPECT_EQ(rerank_widening(*model_, find, 5, {}, options).size(), 5U);
  EXPECT_EQ(asked, (std::vector<std::size_t>{101, 404, 1616, 6464}));
  const auto all_there_are = [&](std::size_t n) {
    asked = {n};
    return pool_;
  };
  EXPECT_EQ(rerank_widening(*model_, all_there_are, 60, {}, options).size(), 5U);
  EXPECT_EQ(asked, (std::vector<std::size_t>{120}));
}

}  // namespace
}  // namespace segue::recommend
