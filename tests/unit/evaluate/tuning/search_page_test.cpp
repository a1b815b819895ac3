// The output of a search: the TOML file, and what its page is filled with.
#include "segue/evaluate/tuning/search_page.h"

#include <gtest/gtest.h>

namespace segue::evaluate {
namespace {

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
  SearchReply reply() const { return search_reply(plan, trials, result, {{"seed", 1}}); }
  std::string page() const {
    return search_page("<!--VERSION-->|<!--TITLE-->|<!--PLAIN-->|<!--DOCUMENT-->", plan, trials, result, {{"seed", 1}});
  }

  SearchPlan plan;
  std::vector<Trial> trials;
  BestOptions result;
};

TEST(SearchPage, has_every_trial_with_a_score) {
  const Finished finished;
  const SearchReply reply = finished.reply();
  EXPECT_EQ(reply.trials.size(), 9U);
  EXPECT_EQ(reply.failures, 1U);
  EXPECT_EQ(reply.trials[reply.best].number, 9U);
  EXPECT_EQ(reply.trials[reply.given].number, 0U);
  EXPECT_DOUBLE_EQ(reply.trials[reply.best].sample.ndcg, 0.09);
  EXPECT_EQ(reply.trials[reply.best].all->method, "sgns-10");
  for (const TrialReply& trial : reply.trials) {
    EXPECT_EQ(trial.values.size(), reply.dimensions.size());
    EXPECT_EQ(trial.units.size(), reply.dimensions.size());
  }
}

TEST(SearchPage, marks_values_within_each_axis) {
  for (const DimensionReply& dimension : Finished().reply().dimensions) {
    EXPECT_GE(dimension.ticks.size(), 2U) << dimension.name;
    for (const AxisTickReply& tick : dimension.ticks) {
      EXPECT_GE(tick.unit, 0) << dimension.name;
      EXPECT_LE(tick.unit, 1) << dimension.name;
    }
  }
}

TEST(SearchPage, escapes_names) {
  const std::string page = Finished().page();
  EXPECT_EQ(page.find("<my>"), std::string::npos);
  EXPECT_NE(page.find("|Search for &lt;my&gt;"), std::string::npos);
  EXPECT_NE(page.find(R"("dataset":"\u003cmy>\ndataset")"), std::string::npos);
  EXPECT_NE(page.find("<td>0.0900</td>"), std::string::npos);
  EXPECT_EQ(page.find("nan"), std::string::npos);
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
