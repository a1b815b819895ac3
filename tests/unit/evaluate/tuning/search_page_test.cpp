// The output of a search: the TOML file and the page.
#include "segue/evaluate/tuning/search_page.h"

#include <gtest/gtest.h>

namespace segue::evaluate {
namespace {

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Ten trials of two rungs, the last the best.
struct Finished {
  Finished() {
    plan.space = make_space("epochs=2..6,negative_sharing=pair|block", {}, {}, 40);
    plan.rungs = {2, 6};
    for (std::uint32_t i = 0; i <= 9; ++i) {
      Trial trial{.number = i, .rung = i == 9 ? 1U : 0U, .options = plan.space.given};
      trial.options.window = 2 + i;
      trial.options.epochs = i == 9 ? 6 : 2;
      trial.sample = {.ndcg = 0.01 * i, .hit_rate = 0.02 * i, .query = TuneQuery::recent};
      if (i == 0 || i == 9) trial.all = trial.sample;
      trials.push_back(trial);
    }
    trials[4].failure = "the loss diverged";
    result = {.dataset = "<my>\ndataset",
              .digest = "abc",
              .best = *best_of(trials),
              .given = trials[0],
              .positions = 1234,
              .trials = trials.size(),
              .split = SplitKind::time,
              .split_options = {.gap = std::chrono::hours(3)},
              .evaluate = {.heard = 7}};
  }
  std::string page() const { return search_page(plan, trials, result, {{"seed", 1}}); }

  SearchPlan plan;
  std::vector<Trial> trials;
  BestOptions result;
};

TEST(SearchPage, shows_every_trial_with_a_score) {
  const Finished finished;
  const std::string page = finished.page();
  const std::size_t dimensions = finished.plan.space.dimensions.size();
  EXPECT_EQ(count_of(page, "<path"), 9U);
  EXPECT_EQ(count_of(page, "<path class=best"), 1U);
  EXPECT_EQ(count_of(page, "<path class=given"), 1U);
  EXPECT_EQ(count_of(page, "<circle"), 9 * dimensions);
  EXPECT_NE(page.find("1 trials failed"), std::string::npos);
  EXPECT_NE(page.find("NDCG@10 0.0900"), std::string::npos);
  EXPECT_TRUE(page.ends_with("</body></html>\n"));
}

TEST(SearchPage, loads_nothing_and_escapes_names) {
  const std::string page = Finished().page();
  for (const std::string_view loading : {"http", "src=", "<script", "@import", "url("}) {
    EXPECT_EQ(page.find(loading), std::string::npos) << loading;
  }
  EXPECT_EQ(page.find("<my>"), std::string::npos);
  EXPECT_NE(page.find("&lt;my&gt;"), std::string::npos);
  EXPECT_EQ(page.find("nan"), std::string::npos);
}

TEST(SearchPage, draws_trials_with_equal_scores) {
  Finished finished;
  finished.trials = {finished.trials[0]};
  finished.result.best = finished.trials[0];
  const std::string page = finished.page();
  EXPECT_EQ(count_of(page, "<path"), 1U);
  EXPECT_EQ(page.find("nan"), std::string::npos);
  EXPECT_EQ(page.find("inf"), std::string::npos);
}

TEST(BestOptions, are_written_for_training_and_evaluation) {
  const std::string toml = to_toml(Finished().result);
  const std::size_t evaluate = toml.find("[evaluate]");
  ASSERT_NE(evaluate, std::string::npos);
  const std::string train = toml.substr(0, evaluate);
  EXPECT_NE(train.find("[train]\n"), std::string::npos);
  EXPECT_NE(train.find("\nwindow = 11\n"), std::string::npos);
  EXPECT_NE(train.find("\nnegative_sharing = \"block\"\n"), std::string::npos);
  EXPECT_EQ(train.find("threads"), std::string::npos);
  EXPECT_EQ(train.find("\nseed"), std::string::npos);
  EXPECT_NE(toml.find("split = \"time\"\nheld_out = 0.1\ngap = \"3h\"\nheard = 7\n", evaluate), std::string::npos);
  EXPECT_NE(toml.find("\nwindow = 11\n", evaluate), std::string::npos);
  EXPECT_NE(toml.find("\nseed = 1\n", evaluate), std::string::npos);
  // A name cannot end its comment.
  EXPECT_NE(toml.find("# dataset  <my>?dataset\n"), std::string::npos);
  EXPECT_NE(toml.find("NDCG@10 0.0900, HitRate@10 0.1800 (sgns-10)"), std::string::npos);
}

}  // namespace
}  // namespace segue::evaluate
