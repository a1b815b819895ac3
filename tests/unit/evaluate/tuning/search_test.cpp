// The journal, and searches that are interrupted and resumed.
#include "segue/evaluate/tuning/search.h"

#include <fstream>

#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/base/options_json.h"

#include "tests/support/expect_error.h"
#include "tests/support/small_dataset.h"

namespace segue::evaluate {
namespace {

using testing::Scratch;

// Everything a search needs, over a small dataset.
struct Setting {
  explicit Setting(const Scratch& scratch, std::uint32_t trials = 5)
      : dataset(testing::circle_dataset(scratch, 60)),
        split(make_split(dataset, split_options, 1, 1)),
        plan{.space = make_space("dim=2..8,epochs=1..4,window=1..6", {}, {.min_plays = 1, .threads = 1}, 9),
             .rungs = rungs_of(1, 4, 2),
             .options = {.trials = trials, .time = std::chrono::milliseconds(0), .reduction = 2, .positions = 100},
             .seed = 1},
        runner(dataset, split, {.heard = 3}, plan.options, 1) {}

  json::object about() const { return about_search(dataset, split, split_options, {.heard = 3}, plan); }
  Journal journal(const std::filesystem::path& path) const { return {path, about(), plan.space}; }

  SplitOptions split_options{.split = SplitKind::queues, .part = SplitPart::validation, .held_out = 0.25};
  data::Dataset dataset;
  Split split;
  SearchPlan plan;
  TrialRunner runner;
};

class Watcher final : public SearchObserver {
 public:
  explicit Watcher(std::size_t stop_after = 1000) : stop_after_(stop_after) {}
  void started(const Trial&, std::span<const Trial>) override { ++started_; }
  void finished(std::span<const Trial>) override {
    if (--stop_after_ == 0) source.request_stop();
  }
  std::stop_source source;
  int started_ = 0;

 private:
  std::size_t stop_after_;
};

SearchEnd run(const Setting& setting, Journal& journal, Watcher&& watcher = Watcher()) {
  NoProgress progress;
  return search(setting.plan, setting.runner, journal, watcher, progress, watcher.source.get_token());
}

// The part of the trials that two searches must share: everything except the seconds.
std::string without_times(std::span<const Trial> trials, const Space& space) {
  std::string text;
  for (const Trial& trial : trials) {
    json::object object = to_json(trial, space);
    object.erase("seconds");
    text += json::serialize(object) + "\n";
  }
  return text;
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(Search, tries_the_given_options_first_and_ends_no_worse) {
  const Scratch scratch;
  const Setting setting(scratch);
  Journal journal = setting.journal(scratch / "j");
  EXPECT_EQ(run(setting, journal), SearchEnd::trials);
  const std::vector<Trial>& trials = journal.trials();
  ASSERT_GT(trials.size(), 6U);
  EXPECT_TRUE(trials[0].is_given());
  EXPECT_EQ(options_to_json(trials[0].options), options_to_json(setting.plan.space.given));
  ASSERT_TRUE(trials[0].all);
  EXPECT_GE(best_of(trials)->all->ndcg, trials[0].all->ndcg);
  EXPECT_GT(best_of(trials)->all->ndcg, 0.3);  // a circle is learnable
  for (std::size_t i = 1; i < trials.size(); ++i) {
    EXPECT_EQ(trials[i].options.epochs, setting.plan.rungs[trials[i].rung]);
  }
}

TEST(Search, resumes_as_if_never_interrupted) {
  const Scratch scratch;
  const Setting setting(scratch);
  Journal whole = setting.journal(scratch / "whole");
  run(setting, whole);
  const std::string expected = without_times(whole.trials(), setting.plan.space);
  for (const std::size_t stop_after : {1U, 3U, 6U}) {
    const std::filesystem::path path = scratch / std::to_string(stop_after);
    {
      Journal first = setting.journal(path);
      EXPECT_EQ(run(setting, first, Watcher(stop_after)), SearchEnd::stopped);
      EXPECT_EQ(first.trials().size(), stop_after);
    }
    Journal second = setting.journal(path);
    EXPECT_EQ(second.trials().size(), stop_after);
    EXPECT_EQ(run(setting, second), SearchEnd::trials);
    EXPECT_EQ(without_times(second.trials(), setting.plan.space), expected);
  }
}

TEST(Search, counts_the_time_of_earlier_runs) {
  const Scratch scratch;
  Setting setting(scratch);
  Journal journal = setting.journal(scratch / "j");
  Trial long_one{.options = setting.plan.space.given, .all = TrialScore{}, .seconds = 100};
  journal.add(long_one);
  setting.plan.options.time = std::chrono::seconds(99);
  EXPECT_EQ(run(setting, journal), SearchEnd::time);
  EXPECT_EQ(journal.trials().size(), 1U);
  // Half a second is not enough for another trial, judging by the last.
  journal.add({.number = 1, .options = setting.plan.space.given, .seconds = 10});
  setting.plan.options.time = std::chrono::milliseconds(110'500);
  EXPECT_EQ(run(setting, journal), SearchEnd::time);
  EXPECT_EQ(journal.trials().size(), 2U);
}

TEST(Search, a_diverging_training_run_is_a_failed_trial) {
  const Scratch scratch;
  Setting setting(scratch, 4);
  setting.plan.space = make_space("learning_rate=10..10.0,epochs=4,dim=2..8", {}, {.min_plays = 1, .threads = 1}, 9);
  setting.plan.rungs = {4};
  Journal journal = setting.journal(scratch / "j");
  // The given options themselves must train: without them there is nothing to compare with.
  setting.plan.space.given.min_learning_rate = 10;
  setting.plan.space.given.learning_rate = 9;
  EXPECT_ERROR(run(setting, journal), ErrorCode::wrong_use, "--min-learning-rate");
  // Other failures are skipped.
  journal.add({.options = setting.plan.space.given, .sample = {}, .all = TrialScore{.ndcg = 0.1}, .seconds = 1});
  EXPECT_EQ(run(setting, journal), SearchEnd::trials);
  EXPECT_EQ(journal.trials().size(), 5U);
  EXPECT_NE(journal.trials().back().failure, "");
  EXPECT_EQ(best_of(journal.trials()), &journal.trials().front());
}

TEST(Journal, reads_back_what_was_written) {
  const Scratch scratch;
  const Setting setting(scratch);
  std::string written;
  {
    Journal journal = setting.journal(scratch / "j");
    run(setting, journal);
    journal.add({.number = 9, .options = setting.plan.space.given, .seconds = 1.5, .failure = "a \"reason\"\n"});
    written = without_times(journal.trials(), setting.plan.space);
  }
  EXPECT_EQ(without_times(setting.journal(scratch / "j").trials(), setting.plan.space), written);
}

TEST(Journal, keeps_every_digit) {
  const Scratch scratch;
  const Setting setting(scratch);
  Journal journal = setting.journal(scratch / "j");
  Trial trial{.options = setting.plan.space.given, .sample = {.ndcg = 0.1 + 0.2}, .seconds = 0.7};
  trial.options.learning_rate = 0.1 + 0.02;  // not 0.12
  journal.add(trial);
  const Trial& kept = journal.trials().front();
  EXPECT_EQ(kept.options.learning_rate, trial.options.learning_rate);
  EXPECT_EQ(kept.sample.ndcg, trial.sample.ndcg);
  EXPECT_EQ(kept.seconds, trial.seconds);
}

TEST(Journal, drops_a_truncated_line) {
  const Scratch scratch;
  const Setting setting(scratch);
  {
    Journal journal = setting.journal(scratch / "j");
    run(setting, journal, Watcher(3));
  }
  const std::vector<std::string> lines = lines_of(scratch / "j");
  ASSERT_EQ(lines.size(), 4U);
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, lines[3].size() - 1, lines[3].size()}) {
    std::ofstream(scratch / "j") << lines[0] << "\n" << lines[1] << "\n" << lines[3].substr(0, cut);
    EXPECT_EQ(setting.journal(scratch / "j").trials().size(), 1U);
    EXPECT_EQ(lines_of(scratch / "j").size(), 2U);
  }
}

TEST(Journal, refuses_another_search) {
  const Scratch scratch;
  Setting setting(scratch);
  static_cast<void>(setting.journal(scratch / "j"));
  json::object about = setting.about();
  about["dataset"] = "another";
  EXPECT_ERROR(Journal(scratch / "j", about, setting.plan.space), ErrorCode::wrong_use,
               "a search with another dataset: expected \"another\"");
  setting.plan.space = make_space("dim=2..16", {}, {.min_plays = 1}, 9);
  EXPECT_ERROR(setting.journal(scratch / "j"), ErrorCode::wrong_use, "a search with another space");
}

TEST(Journal, refuses_other_files) {
  const Scratch scratch;
  const Setting setting(scratch);
  const auto refuses = [&](std::string_view text, ErrorCode code, std::string_view message) {
    std::ofstream(scratch / "j") << text;
    EXPECT_ERROR(setting.journal(scratch / "j"), code, std::string(message));
    EXPECT_EQ(read_text(scratch / "j"), text) << "changed a file that is not a journal";
  };
  refuses("no journal\n", ErrorCode::corrupt, "j:1");
  refuses("no line", ErrorCode::corrupt, "found no line");
  refuses("", ErrorCode::corrupt, "found no line");
  refuses("[]\n", ErrorCode::corrupt, "expected an object");
  refuses("{\"format\":\"other\"}\n", ErrorCode::corrupt, "found other");
  refuses("{\"format\":\"segue-search\",\"version\":2}\n", ErrorCode::unsupported, "found version 2");
  const json::object header{{"format", "segue-search"}, {"version", 1}, {"about", setting.about()}};
  refuses(json::serialize(header) + "\n{\"trial\":1}\n", ErrorCode::corrupt, "j:2");
}

TEST(Journal, is_locked_by_one_search) {
  const Scratch scratch;
  const Setting setting(scratch);
  const Journal journal = setting.journal(scratch / "j");
  EXPECT_ERROR(setting.journal(scratch / "j"), ErrorCode::wrong_use, "another search");
}

TEST(Importance, finds_the_option_that_matters) {
  const Space space = make_space("dim=64,negatives=5,learning_rate=0.025,subsample=0", {}, {}, 50);
  ASSERT_EQ(space.dimensions.size(), 2U);  // window and negative_exponent
  std::vector<Trial> trials;
  for (std::uint32_t i = 0; i < 32; ++i) {
    Trial trial{.number = i + 1};
    trial.options.window = 2 + (i * 11) % 32;
    trial.options.negative_exponent = -1 + i / 16.0;
    trial.sample.ndcg = trial.options.negative_exponent;
    trials.push_back(trial);
  }
  const std::vector<double> importance = importance_of(space, trials);
  EXPECT_LT(importance[0], 0.2);
  EXPECT_GT(importance[1], 0.9);
  EXPECT_EQ(importance_of(space, std::span(trials).first(7)), (std::vector<double>{0, 0}));
}

TEST(WholeQueue, fits_nine_in_ten_plays) {
  const auto length = [](std::initializer_list<std::size_t> lengths) {
    std::vector<std::vector<std::uint32_t>> queues;
    for (const std::size_t one : lengths) queues.emplace_back(one);
    return whole_queue_length(data::Queues(queues));
  };
  EXPECT_EQ(length({40, 50, 10}), 50U);
  EXPECT_EQ(length({60, 4, 3}), 60U);
  EXPECT_EQ(length({30, 31, 32, 33, 2}), 33U);
  EXPECT_EQ(length({1, 1}), 2U);
  EXPECT_EQ(length({5000}), 1000U);
}

}  // namespace
}  // namespace segue::evaluate
