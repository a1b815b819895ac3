#include "segue/evaluate/two_models.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "segue/pipeline/build_model.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_dataset.h"

namespace segue::evaluate {
namespace {

constexpr std::int64_t kWalkHour = 3'600'000'000;
constexpr std::uint32_t kCircleSongs = 60;
constexpr std::uint32_t kWalks = 120;

// Eight listeners, a queue an hour, each a walk in steps of `step` songs on a circle.
data::Dataset circle_walks(const testing::Scratch& scratch, std::uint32_t step, std::size_t listeners = 8) {
  std::vector<std::vector<std::uint32_t>> queues;
  std::vector<std::string> users;
  for (std::uint32_t queue = 0; queue < kWalks; ++queue) {
    std::vector<std::uint32_t>& songs = queues.emplace_back();
    for (std::uint32_t place = 0; place < 8; ++place) songs.push_back((queue * 7 + place * step) % kCircleSongs);
    users.push_back("u" + std::to_string(queue % listeners));
  }
  return testing::small_dataset(scratch, queues, users);
}

class TwoModelsOf : public ::testing::Test {
 protected:
  TwoModelsOf() {
    build(11, "other");
    build(3, "same");
  }

  void build(std::uint32_t step, const std::string& name) {
    (void)circle_walks(scratch_, step);
    pipeline::BuildOptions options;
    options.target.output = (scratch_ / name).string();
    options.train.dim = 8;
    options.train.epochs = 3;
    options.train.threads = 1;
    NoProgress progress;
    (void)pipeline::build_model(scratch_ / "d", options, progress, {}, [](std::string_view) {});
  }

  TwoModels judge(const std::string& old_one, const std::string& new_one, std::int64_t after,
                  std::uint32_t sample = 2000) {
    NoProgress progress;
    return judge_two_models(model::Model(scratch_ / old_one), model::Model(scratch_ / new_one),
                            data::open_dataset(scratch_ / "d"),
                            {.after = after, .k = 3, .sample = sample, .threads = 1}, progress, {});
  }

  testing::Scratch scratch_;
};

TEST_F(TwoModelsOf, the_one_that_predicts_what_was_played_is_better) {
  const TwoModels found = judge("other", "same", 59 * kWalkHour);
  EXPECT_EQ(found.positions, 60U * 7) << "queues that began at that moment are left out";
  EXPECT_EQ(found.listeners, 8U);
  EXPECT_GT(found.new_rate.rate, found.old_rate.rate + 0.1);
  EXPECT_EQ(found.verdict(), 1);
  EXPECT_EQ(judge("same", "other", 59 * kWalkHour).verdict(), -1);
  EXPECT_EQ(judge("same", "same", 59 * kWalkHour).verdict(), 0);
}

TEST_F(TwoModelsOf, one_listener_alone_is_judged_by_queues) {
  (void)circle_walks(scratch_, 3, 1);
  const TwoModels found = judge("other", "same", 59 * kWalkHour);
  EXPECT_EQ(found.listeners, 1U);
  ASSERT_TRUE(found.comparison);
  EXPECT_LT(found.comparison->difference_interval.low, found.comparison->difference_interval.high);
}

TEST_F(TwoModelsOf, a_sample_is_drawn_of_many_positions) {
  EXPECT_EQ(judge("other", "same", 0, 50).positions, 50U);
}

TEST_F(TwoModelsOf, nothing_to_judge_by_is_refused) {
  EXPECT_ERROR(judge("other", "same", 1000 * kWalkHour), ErrorCode::bad_input, "found none among 120");
}

TEST(TwoModelsVerdict, counts_where_one_never_hits) {
  TwoModels found;
  found.old_rate.interval = {0.2, 0.4};
  found.new_rate.interval = {0, 0.1};
  EXPECT_EQ(found.verdict(), -1);
  found.old_rate.interval = {0.05, 0.4};
  EXPECT_EQ(found.verdict(), 0);
}

TEST(HalfwayAfter, halves_the_plays_of_what_began_later) {
  const testing::Scratch scratch;
  const data::Dataset dataset = circle_walks(scratch, 1);
  const auto middle = halfway_after(dataset.queues, 19 * kWalkHour);
  ASSERT_TRUE(middle);
  EXPECT_EQ(*middle, 69 * kWalkHour);
  EXPECT_EQ(positions_after(dataset.queues, *middle, 10'000), 50U * 7);
  EXPECT_EQ(positions_after(dataset.queues, *middle, 10), 10U);
  EXPECT_FALSE(halfway_after(dataset.queues, 1000 * kWalkHour));
}

}  // namespace
}  // namespace segue::evaluate
