#include "segue/evaluate/tune_baselines.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/evaluate/methods/methods.h"

#include "tests/support/expect_error.h"
#include "tests/support/small_dataset.h"

namespace segue::evaluate {
namespace {

using testing::Scratch;
using Songs = std::vector<std::vector<std::uint32_t>>;

const SplitOptions kByTime{.split = SplitKind::time, .held_out = 0.2, .gap = std::chrono::milliseconds(0)};

// One listener goes round a circle of forty songs, so that no song comes again within ten.
Songs circle() {
  Songs queues;
  for (std::uint32_t queue = 0; queue < 50; ++queue) {
    std::vector<std::uint32_t>& songs = queues.emplace_back();
    for (std::uint32_t place = 0; place < 8; ++place) songs.push_back((queue * 8 + place) % 40);
  }
  return queues;
}

std::vector<ChosenSettings> tune(const Songs& queues, std::string_view methods, std::size_t threads = 1) {
  const Scratch scratch;
  const data::Dataset dataset = testing::small_dataset(scratch, queues, std::vector<std::string>(queues.size(), "a"));
  NoProgress progress;
  return tune_baselines(dataset, kByTime, make_methods(methods), 10,
                        {.dim = 8, .min_plays = 1, .threads = static_cast<std::uint32_t>(threads)}, progress, {});
}

std::string text_of(std::span<const ChosenSettings> chosen) {
  std::string text;
  for (const ChosenSettings& one : chosen) {
    text += one.method + " " + std::string(kTaskNames[static_cast<std::size_t>(one.task)]) + ": " +
            settings_text(one.values) + "\n";
  }
  return text;
}

// Songs just heard are as near to the last one as those to come, until `again` takes them out.
TEST(TuneBaselines, finds_what_predicts_best_for_each_task) {
  EXPECT_EQ(text_of(tune(circle(), "popularity,co-count")), "co-count discovery: again 1\nco-count next: again 0\n");
}

TEST(TuneBaselines, does_not_look_at_the_test_part) {
  Songs queues = circle();
  for (std::size_t queue = 42; queue < queues.size(); ++queue) std::ranges::fill(queues[queue], 7U);
  constexpr std::string_view kSome = "recent,personal,co-count-10,item-knn,vstan";
  EXPECT_EQ(text_of(tune(circle(), kSome)), text_of(tune(queues, kSome)));
}

TEST(TuneBaselines, does_not_depend_on_threads) {
  constexpr std::string_view kSome = "recent,personal-actr,item-knn-decay,vsknn,vstan";
  EXPECT_EQ(text_of(tune(circle(), kSome)), text_of(tune(circle(), kSome, 3)));
}

TEST(TuneBaselines, needs_a_validation_part) {
  EXPECT_ERROR(tune({{0, 1}, {0, 1}}, "vstan"), ErrorCode::bad_input, "");
  EXPECT_TRUE(tune({{0, 1}, {0, 1}}, "popularity").empty());  // nothing to tune
}

TEST(TuneBaselines, settings_are_applied_to_the_method_of_that_name) {
  const std::vector<ChosenSettings> chosen = {{"item-knn", Task::next, {{"again", 0.2}, {"shrink", 100}}}};
  const auto methods = make_methods("popularity,item-knn,item-knn-decay");
  apply_settings(chosen, methods);
  EXPECT_EQ(settings_text(settings_of(*methods[1], Task::next)), "again 0.2, shrink 100");
  EXPECT_EQ(settings_text(settings_of(*methods[1], Task::discovery)), "again 1, shrink 20");
  EXPECT_EQ(settings_text(settings_of(*methods[2], Task::next)), "again 1, half_life_days 60, heard_decay 0.6");
}

}  // namespace
}  // namespace segue::evaluate
