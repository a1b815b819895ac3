#include "segue/evaluate/tuning/halving.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::evaluate {
namespace {

using ::testing::ElementsAre;

Trial trial(std::uint32_t number, std::uint32_t rung, double ndcg) {
  return {.number = number, .rung = rung, .sample = {.ndcg = ndcg}};
}

std::optional<Step> next(std::span<const Trial> trials, std::uint32_t most = 100) {
  return next_step(trials, 3, 3, most, [](const Step&) { return true; });
}

TEST(Halving, rungs_divide_the_epochs) {
  EXPECT_THAT(rungs_of(5, 60, 3), ElementsAre(7, 20, 60));
  EXPECT_THAT(rungs_of(1, 16, 2), ElementsAre(1, 2, 4, 8, 16));
  EXPECT_THAT(rungs_of(20, 20, 3), ElementsAre(20));
  EXPECT_THAT(rungs_of(1, 1, 3), ElementsAre(1));
}

TEST(Halving, adds_new_sets_until_a_third_of_a_rung_is_promoted) {
  std::vector<Trial> trials = {trial(0, 0, 0.9)};  // the given options, which are in no rung
  EXPECT_EQ(next(trials), (Step{1, 0}));
  trials.push_back(trial(1, 0, 0.1));
  trials.push_back(trial(2, 0, 0.3));
  EXPECT_EQ(next(trials), (Step{3, 0}));
  trials.push_back(trial(3, 0, 0.2));
  EXPECT_EQ(next(trials), (Step{2, 1}));  // the best of three
  trials.push_back(trial(2, 1, 0.4));
  EXPECT_EQ(next(trials), (Step{4, 0}));  // only one on its rung
}

TEST(Halving, a_latecomer_overtakes) {
  std::vector<Trial> trials = {trial(1, 0, 0.1), trial(2, 0, 0.3), trial(3, 0, 0.2), trial(2, 1, 0.4),
                               trial(4, 0, 0.5)};
  EXPECT_EQ(next(trials), (Step{4, 1}));
}

TEST(Halving, the_highest_rung_goes_first) {
  const std::vector<Trial> trials = {trial(1, 0, 0.1), trial(2, 0, 0.2), trial(3, 0, 0.3), trial(1, 1, 0.1),
                                     trial(2, 1, 0.5), trial(4, 1, 0.3), trial(5, 0, 0.9), trial(6, 0, 0.8)};
  EXPECT_EQ(next(trials), (Step{2, 2}));
}

TEST(Halving, a_failure_is_never_promoted) {
  std::vector<Trial> trials = {trial(1, 0, 0), trial(2, 0, 0), trial(3, 0, 0)};
  trials[0].failure = trials[1].failure = "the loss diverged";
  EXPECT_EQ(next(trials), (Step{3, 1}));
  trials[2].failure = "so did this one";
  EXPECT_EQ(next(trials), (Step{4, 0}));
  EXPECT_EQ(next(trials, 3), std::nullopt);
}

TEST(Halving, the_best_reaches_the_top_at_the_end) {
  std::vector<Trial> trials;
  std::map<std::uint32_t, int> by_rung;
  while (const std::optional<Step> step = next(trials, 2)) {
    trials.push_back(trial(step->number, step->rung, 0.1 * step->number));
    ++by_rung[step->rung];
  }
  EXPECT_EQ(by_rung, (std::map<std::uint32_t, int>{{0, 2}, {1, 1}, {2, 1}}));
  EXPECT_EQ(trials.back().number, 2U);
}

TEST(Halving, promotes_a_third_overall) {
  std::vector<Trial> trials;
  std::map<std::uint32_t, int> by_rung;
  while (const std::optional<Step> step = next(trials, 27)) {
    trials.push_back(
        trial(step->number, step->rung, 0.01 * step->number));  // ascending, so that worse sets are promoted first
    ++by_rung[step->rung];
  }
  EXPECT_EQ(by_rung[0], 27);
  EXPECT_GE(by_rung[1], 9);
  EXPECT_GE(by_rung[2], 3);
  EXPECT_EQ(trials.back().rung, 2U);
}

TEST(Halving, skips_steps_it_cannot_afford) {
  const std::vector<Trial> trials = {trial(1, 0, 0.1), trial(2, 0, 0.3), trial(3, 0, 0.2)};
  const auto affordable = [](const Step& step) { return step.rung == 0; };
  EXPECT_EQ(next_step(trials, 3, 3, 9, affordable), (Step{4, 0}));
  EXPECT_EQ(next_step(trials, 3, 3, 3, affordable), std::nullopt);
}

}  // namespace
}  // namespace segue::evaluate
