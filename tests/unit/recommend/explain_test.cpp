#include "segue/recommend/explain.h"

#include <memory>

#include <gtest/gtest.h>

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

class ExplainTest : public ::testing::Test {
 protected:
  ExplainTest() {
    testing::write_small_model(folder_ / "model", testing::small_model());
    model_ = std::make_unique<model::Model>(folder_ / "model");
  }
  testing::Scratch folder_;
  std::unique_ptr<model::Model> model_;
};

TEST_F(ExplainTest, shares_add_up_and_the_nearest_seed_has_the_largest) {
  const std::vector<std::uint32_t> played{1, 0, 5};
  const std::vector<std::uint32_t> pick{4};
  const Reasons reasons = reasons_for(*model_, played, 0, pick, 10).front();
  ASSERT_FALSE(reasons.seeds.empty());
  EXPECT_EQ(reasons.seeds.front().song, 0U);
  float sum = 0;
  for (const SeedShare& seed : reasons.seeds) sum += seed.share;
  EXPECT_NEAR(sum, 1, 1e-5);
  ASSERT_TRUE(reasons.together.has_value());
  EXPECT_EQ(reasons.together->song, 0U);
  EXPECT_EQ(reasons.together->times, 4U);
  EXPECT_EQ(reasons.together->after, 3);
  EXPECT_EQ(reasons.within, transitions::kTransitionWindow);
  EXPECT_LE(reasons_for(*model_, played, 0, pick, 1).front().seeds.size(), 1U);
}

TEST_F(ExplainTest, playing_a_song_again_raises_its_share) {
  const std::vector<std::uint32_t> once{0, 4};
  const std::vector<std::uint32_t> twice{0, 0, 4};
  const std::vector<std::uint32_t> pick{8};
  const auto share_of_0 = [&](const std::vector<std::uint32_t>& played, double half_life) {
    const std::vector<Reasons> reasons = reasons_for(*model_, played, half_life, pick);
    for (const SeedShare& seed : reasons.front().seeds) {
      if (seed.song == 0) return seed.share;
    }
    return 0.0F;
  };
  EXPECT_GT(share_of_0(twice, 0), share_of_0(once, 0));
  EXPECT_LT(share_of_0(once, 1), share_of_0(once, 0));
}

TEST_F(ExplainTest, by_the_blend_the_reasons_are_the_terms_of_its_score) {
  const std::vector<std::uint32_t> played{1, 0};
  const std::vector<std::uint32_t> picks{4};
  Reasons reasons = reasons_for(*model_, played, 0, picks).front();
  EXPECT_EQ(reasons.kinds.front().kind, ReasonKind::mean);
  ScoreParts parts;
  const auto set = [&](Term term, float part) { parts.terms[static_cast<std::size_t>(term)] = part; };
  set(Term::transitions, 4);
  set(Term::last_song, 1);
  set(Term::last_artist, 1.5F);
  set(Term::recent_artists, 1.5F);
  parts.heard = {{0, 5}, {1, 1}};
  explain_by_blend(reasons, *model_, 4, parts, 0);
  ASSERT_EQ(reasons.kinds.size(), 3U);
  EXPECT_EQ(reasons.kinds[0].kind, ReasonKind::together);
  EXPECT_EQ(reasons.kinds[0].share, 0.5F);
  EXPECT_EQ(reasons.kinds[1].kind, ReasonKind::artist);
  EXPECT_EQ(reasons.kinds[1].share, 0.375F);
  EXPECT_EQ(reasons.seeds.front().song, 0U);
  EXPECT_EQ(reasons.seeds.front().share, 0.625F);
  const auto title = [](std::uint32_t row) { return "S" + std::to_string(row); };
  EXPECT_EQ(short_text_of(reasons.kinds[0], reasons, title), "4 × near S0");
  EXPECT_EQ(short_text_of(reasons.kinds[1], reasons, title), "by the same artist");
  EXPECT_EQ(short_text_of(reasons.kinds[2], reasons, title), "like S0");
  // Without a last song there is only the mean; without any part nothing is said.
  explain_by_blend(reasons, *model_, 4, parts, std::nullopt);
  EXPECT_EQ(short_text_of(reasons.kinds[2], reasons, title), "near your mean");
  explain_by_blend(reasons, *model_, 4, ScoreParts(), 0);
  EXPECT_TRUE(reasons.kinds.empty());
  EXPECT_TRUE(reasons.seeds.empty());
}

TEST_F(ExplainTest, is_a_sentence) {
  const auto name = [](std::uint32_t row) { return "S" + std::to_string(row); };
  Reasons reasons;
  reasons.within = 5;
  reasons.seeds = {{.song = 1, .share = 0.62F}, {.song = 2, .share = 0.31F}};
  EXPECT_EQ(sentence_of(reasons, name), "Because of S1 (62 %) and S2 (31 %).");
  reasons.together = PlayedWith{.song = 2, .times = 41, .after = 9, .before = 2};
  reasons.interest = 7;
  EXPECT_EQ(sentence_of(reasons, name),
            "Because of S1 (62 %) and S2 (31 %); played within 5 songs of S2 41 times, mostly after it; for the taste "
            "around S7.");
  EXPECT_EQ(sentence_of({}, name), "Like none of the songs played.");
}

}  // namespace
}  // namespace segue::recommend
