#include "segue/evaluate/evaluation.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/report/report.h"

#include "tests/support/expect_error.h"
#include "tests/support/small_dataset.h"

namespace segue::evaluate {
namespace {

using testing::Scratch;

data::Dataset two_users_circle(const Scratch& scratch) {
  return testing::circle_dataset(scratch, 40);
}

Evaluation run(const data::Dataset& dataset, std::string_view methods, EvaluateOptions options = {},
               const train::TrainOptions& train = {.dim = 8, .subsample = 0, .min_plays = 1, .threads = 1},
               std::stop_token stop = {}) {
  NoProgress progress;
  options.heard = 3;
  const Split split = make_split(dataset, {.split = SplitKind::queues, .held_out = 0.25}, train.min_plays, train.seed);
  return evaluate(dataset, split, make_methods(methods), options, train, progress, stop);
}

const ModeScore& score_of(const Evaluation& evaluation, std::string_view name) {
  return std::ranges::find(evaluation.methods, name, &MethodScore::name)->modes.at(0);
}

TEST(Evaluate, a_markov_chain_predicts_a_chain) {
  const Scratch scratch;
  const Evaluation evaluation = run(two_users_circle(scratch), "random,popularity,markov,co-count");
  ASSERT_EQ(evaluation.modes.size(), 2U);
  EXPECT_EQ(evaluation.modes[0].mode, Mode::discovery);
  EXPECT_EQ(evaluation.modes[1].mode, Mode::next);
  EXPECT_EQ(evaluation.modes[0].unknown, 0U);
  const ModeScore& markov = score_of(evaluation, "markov");
  EXPECT_DOUBLE_EQ(markov.accuracy.mrr[0], 1);
  EXPECT_DOUBLE_EQ(markov.accuracy.ndcg[0], 1);
  EXPECT_EQ(markov.hit_rate->low, 1);
  EXPECT_EQ(markov.hit_rate->high, 1);
  EXPECT_DOUBLE_EQ(markov.lists.mean_length, 1);
  EXPECT_EQ(evaluation.methods[evaluation.references[0]].name, "markov");
  EXPECT_EQ(markov.ndcg_gain, 0);
  EXPECT_LT(score_of(evaluation, "random").accuracy.mrr[0], 0.9);
  EXPECT_LT(score_of(evaluation, "random").ndcg_gain_interval->high, 0);
  EXPECT_EQ(evaluation.example_method, "markov");
  ASSERT_FALSE(evaluation.good.empty());
  EXPECT_EQ(evaluation.good[0].rank, 1U);
  EXPECT_EQ(evaluation.good[0].list.at(0), evaluation.good[0].target);
  EXPECT_TRUE(evaluation.bad.empty());
}

TEST(Evaluate, slices_add_up_to_the_whole) {
  const Scratch scratch;
  const Evaluation evaluation = run(two_users_circle(scratch), "popularity,co-count-10");
  const ModeSummary& mode = evaluation.modes[0];
  for (const MethodScore& method : evaluation.methods) {
    double by_popularity = 0;
    double by_history = 0;
    for (std::size_t i = 0; i < kDeciles; ++i) {
      by_popularity += method.modes[0].by_popularity[i].hit_rate * static_cast<double>(mode.by_popularity[i]);
    }
    for (std::size_t i = 0; i < kHistoryLengths.size(); ++i) {
      by_history += method.modes[0].by_history[i].hit_rate * static_cast<double>(mode.by_history[i]);
    }
    const double hits = method.modes[0].accuracy.hit_rate[0] * static_cast<double>(mode.positions);
    EXPECT_NEAR(by_popularity, hits, 1e-9);
    EXPECT_NEAR(by_history, hits, 1e-9);
  }
}

TEST(Evaluate, numbers_do_not_depend_on_threads) {
  const Scratch scratch;
  const data::Dataset dataset = two_users_circle(scratch);
  constexpr std::string_view kAllButVectors =
      "random,popularity,recent,markov,rules,co-count,co-count-10,item-knn,vsknn,vstan,als";
  train::TrainOptions train{.dim = 8, .min_plays = 1, .threads = 1};
  Evaluation one = run(dataset, kAllButVectors, {}, train);
  train.threads = 3;
  Evaluation three = run(dataset, kAllButVectors, {}, train);
  for (Evaluation* const evaluation : {&one, &three}) {
    for (MethodScore& method : evaluation->methods) method.fit_seconds = method.rank_seconds = 0;
  }
  EXPECT_EQ(pretty(to_json(one)), pretty(to_json(three)));
}

TEST(Evaluate, diversity_needs_vectors) {
  const Scratch scratch;
  const data::Dataset dataset = two_users_circle(scratch);
  EXPECT_FALSE(score_of(run(dataset, "popularity"), "popularity").lists.diversity);
  const Evaluation evaluation = run(dataset, "random,sgns");
  EXPECT_GT(*score_of(evaluation, "random").lists.diversity, *score_of(evaluation, "sgns").lists.diversity - 0.5);
}

TEST(Evaluate, there_are_no_intervals_without_resamples) {
  const Scratch scratch;
  const Evaluation evaluation = run(two_users_circle(scratch), "popularity", {.resamples = 0});
  EXPECT_FALSE(score_of(evaluation, "popularity").hit_rate);
  EXPECT_FALSE(to_json(evaluation).empty());
}

TEST(Report, fills_a_page_with_its_numbers_and_a_plain_table) {
  const Scratch scratch;
  const data::Dataset dataset = two_users_circle(scratch);
  const Evaluation evaluation = run(dataset, "popularity,markov,sgns");
  EvaluationReply report{
      .dataset = "<my> dataset", .split_options = {{"part", "test"}}, .runs = {reply_of(evaluation)}};
  report.examples = examples_of(evaluation, dataset.songs);
  const std::string page = evaluation_page("<!--VERSION-->|<!--TITLE-->|<!--PLAIN-->|<!--DOCUMENT-->", report);
  for (const std::string_view text :
       {"|Evaluation of &lt;my&gt; dataset|", "<caption>discovery, ", "<td>markov</td>", R"("reference":"markov")",
        R"("summary":"Songs that came directly after the last song")", R"("rank":1)", R"("part":"test")"}) {
    EXPECT_NE(page.find(text), std::string::npos) << text;
  }
  for (const std::string_view text : {"<my>", "nan"}) EXPECT_EQ(page.find(text), std::string::npos) << text;
  // What the page shows is what --report writes.
  const json::object document = parse_json(page.substr(page.rfind('|') + 1), "page").as_object();
  EXPECT_EQ(document.at("runs").at(0), json::value(to_json(evaluation)));
}

TEST(Evaluate, stops_on_request) {
  const Scratch scratch;
  const data::Dataset dataset = two_users_circle(scratch);
  std::stop_source source;
  source.request_stop();
  EXPECT_ERROR(run(dataset, "popularity", {}, {.min_plays = 1}, source.get_token()), ErrorCode::interrupted, "popul");
}

class Inapplicable final : public Method {
 public:
  std::string_view name() const override { return "inapplicable"; }
  std::string_view summary() const override { return "Applies to nothing"; }
  bool fit(Ingredients&) override { return false; }
  std::unique_ptr<Ranker> ranker() const override { return nullptr; }
};

TEST(Evaluate, names_methods_that_do_not_apply) {
  const Scratch scratch;
  const data::Dataset dataset = two_users_circle(scratch);
  const Split split = make_split(dataset, {.split = SplitKind::queues, .held_out = 0.25}, 1, 1);
  NoProgress progress;
  const auto run_with = [&](std::vector<std::unique_ptr<Method>> methods) {
    methods.push_back(std::make_unique<Inapplicable>());
    return evaluate(dataset, split, std::move(methods), {}, {.min_plays = 1, .threads = 1}, progress, {});
  };
  EXPECT_EQ(run_with(make_methods("popularity")).skipped, std::vector<std::string>{"inapplicable"});
  EXPECT_ERROR(run_with({}), ErrorCode::wrong_use, "expected one that applies");
}

TEST(Evaluate, reports_the_settings_of_each_task) {
  const Scratch scratch;
  const data::Dataset dataset = two_users_circle(scratch);
  const Split split = make_split(dataset, {.split = SplitKind::queues, .held_out = 0.25}, 1, 1);
  NoProgress progress;
  std::vector<std::unique_ptr<Method>> methods = make_methods("popularity,markov");
  methods[1]->set(Task::next, std::vector<double>{0.2});
  const json::object document =
      to_json(evaluate(dataset, split, std::move(methods), {.heard = 3}, {.min_plays = 1, .threads = 1}, progress, {}));
  const auto models = [&](std::string_view mode) { return document.at("modes").at(mode).at("models").as_array(); };
  EXPECT_EQ(models("discovery").at(1).at("settings"), (json::object{{"again", 1.0}}));
  EXPECT_EQ(models("next").at(1).at("settings"), (json::object{{"again", 0.2}}));
  EXPECT_FALSE(models("next").at(0).as_object().contains("settings"));
}

}  // namespace
}  // namespace segue::evaluate
