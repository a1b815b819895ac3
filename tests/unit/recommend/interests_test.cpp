#include "segue/recommend/interests.h"

#include <algorithm>
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "segue/base/random.h"
#include "segue/index/exact.h"
#include "segue/recommend/dislike.h"
#include "segue/recommend/k_medoids.h"
#include "segue/recommend/user_vector.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

using Rows = std::vector<std::uint32_t>;

TEST(KMedoids, agrees_with_all_choices_of_medoids) {
  Random random(3);
  int optimal = 0;
  constexpr int kRuns = 60;
  for (int run = 0; run < kRuns; ++run) {
    constexpr std::uint32_t kPoints = 12;
    std::vector<std::array<float, 2>> points(kPoints);
    for (auto& point : points) point = {random.uniform_float(), random.uniform_float()};
    std::vector<float> weights(kPoints);
    for (float& weight : weights) weight = 0.1F + random.uniform_float();
    math::Matrix distances(kPoints, kPoints);
    for (std::uint32_t i = 0; i < kPoints; ++i) {
      for (std::uint32_t j = 0; j < kPoints; ++j) {
        distances.view().row(i)[j] = std::hypot(points[i][0] - points[j][0], points[i][1] - points[j][1]);
      }
    }
    double best = 1e9;
    for (std::uint32_t a = 0; a < kPoints; ++a) {
      for (std::uint32_t b = 0; b < a; ++b) {
        double cost = 0;
        for (std::uint32_t i = 0; i < kPoints; ++i) {
          cost += static_cast<double>(weights[i] * std::min(distances.view().row(a)[i], distances.view().row(b)[i]));
        }
        best = std::min(best, cost);
      }
    }
    const Clustering found = k_medoids(distances.view(), weights, 2);
    EXPECT_GE(found.cost, best - 1e-5);
    optimal += found.cost < best + 1e-5 ? 1 : 0;
  }
  EXPECT_GE(optimal, kRuns * 9 / 10);  // a local optimum may be another one
}

TEST(KMedoids, silhouette_is_high_for_separate_clusters) {
  math::Matrix distances(4, 4);
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) distances.view().row(i)[j] = i == j ? 0 : i / 2 == j / 2 ? 0.1F : 1.0F;
  }
  const std::vector<float> weights(4, 1.0F);
  const Clustering two = k_medoids(distances.view(), weights, 2);
  EXPECT_EQ(two.clusters[0], two.clusters[1]);
  EXPECT_NE(two.clusters[0], two.clusters[2]);
  EXPECT_NEAR(mean_silhouette(distances.view(), weights, two), 0.9, 1e-6);
  EXPECT_EQ(mean_silhouette(distances.view(), weights, k_medoids(distances.view(), weights, 1)), 0);
}

class InterestsTest : public ::testing::Test {
 protected:
  InterestsTest() {
    testing::write_small_model(folder_ / "model", testing::small_model(60, 13));
    model_ = std::make_unique<model::Model>(folder_ / "model");
  }
  testing::Scratch folder_;
  std::unique_ptr<model::Model> model_;
};

TEST_F(InterestsTest, two_planted_tastes_are_found) {
  const Rows played{0, 1, 4, 8, 5, 12, 9, 16, 0};  // genre 0 six times, genre 1 three times
  const auto interests = find_interests(*model_, played, 0, kAutoInterests);
  ASSERT_EQ(interests.size(), 2U);
  EXPECT_NEAR(interests[0].weight, 6.0F / 9, 1e-6);
  EXPECT_NEAR(interests[1].weight, 3.0F / 9, 1e-6);
  EXPECT_EQ(interests[0].plays, (Rows{0, 4, 8, 12, 16, 0}));
  EXPECT_EQ(interests[1].plays, (Rows{1, 5, 9}));
  EXPECT_EQ(interests[0].songs.front(), 0U);  // played twice
  EXPECT_EQ(interests[1].medoid % 4, 1U);
}

TEST_F(InterestsTest, one_taste_stays_one) {
  const Rows played{0, 4, 8, 12, 16, 20, 24};
  EXPECT_EQ(find_interests(*model_, played, 0, kAutoInterests).size(), 1U);
  EXPECT_EQ(find_interests(*model_, played, 0, 3).size(), 3U);
  EXPECT_EQ(find_interests(*model_, Rows{5}, 0, 3).size(), 1U);
}

TEST_F(InterestsTest, recent_plays_weigh_more) {
  const Rows played{0, 4, 8, 12, 1, 5};
  const auto interests = find_interests(*model_, played, 1, 2);
  EXPECT_EQ(interests[0].medoid % 4, 1U);
  EXPECT_GT(interests[0].weight, 0.7F);
}

// What it is for: the lists of both tastes together serve both, the list of the mean does not.
TEST_F(InterestsTest, two_tastes_are_both_served) {
  const index::ExactIndex index(model_->vectors(), model_->inverse_norms());
  const Rows played{0, 4, 8, 12, 16, 20, 24, 1, 5, 9};
  const auto share_of_second = [](const Rows& rows) {
    return static_cast<double>(std::ranges::count_if(rows, [](std::uint32_t row) { return row % 4 == 1; })) /
           static_cast<double>(rows.size());
  };
  Rows by_mean;
  for (const math::ScoredRow& one : index.search(user_vector(*model_, played, 0), 7, {.excluded = played})) {
    by_mean.push_back(one.row);
  }
  EXPECT_EQ(share_of_second(by_mean), 0);

  const auto interests = find_interests(*model_, played, 0, kAutoInterests);
  std::vector<std::vector<math::ScoredRow>> lists;
  std::vector<float> weights;
  for (const Interest& interest : interests) {
    lists.push_back(index.search(user_vector(*model_, interest.plays, 0), 7, {.excluded = played}));
    weights.push_back(interest.weight);
  }
  Rows merged;
  for (const MergedSong& one : merge_interests(lists, weights, 7)) {
    merged.push_back(one.song);
    EXPECT_EQ(one.song % 4, interests[one.interest].medoid % 4);
  }
  EXPECT_NEAR(share_of_second(merged), 0.3, 0.15);
}

TEST_F(InterestsTest, merging_gives_each_its_share_and_no_song_twice) {
  const std::vector<std::vector<math::ScoredRow>> lists = {
      {{0, 1}, {1, 1}, {2, 1}, {3, 1}}, {{1, 9}, {4, 9}}, {{5, 2}}};
  const std::vector<float> weights{0.5F, 0.25F, 0.25F};
  const auto merged = merge_interests(lists, weights, 10);
  Rows rows;
  for (const MergedSong& one : merged) rows.push_back(one.song);
  EXPECT_EQ(rows, (Rows{0, 1, 5, 2, 3, 4}));  // 1 serves the second interest, whose list it leads
  EXPECT_EQ(merged[1].interest, 1U);
  EXPECT_EQ(merged[1].score, 9);
  EXPECT_EQ(merge_interests(lists, weights, 2).size(), 2U);
  const auto pool = pool_by_place(merged);
  EXPECT_TRUE(std::ranges::is_sorted(pool, math::is_better));
}

TEST_F(InterestsTest, refuses_wrong_input_with_a_reason) {
  EXPECT_EQ(interests_wanted({"auto"}), kAutoInterests);
  EXPECT_EQ(interests_wanted({"3"}), 3U);
  for (const char* wrong : {"0", "two", "3x", "", "101", "-1"}) {
    EXPECT_ERROR(interests_wanted({wrong}), ErrorCode::wrong_use, "expected auto or a whole number from 1 to 100");
  }
  EXPECT_ERROR(find_interests(*model_, {}, 0, 2), ErrorCode::bad_input, "none among 0");
}

TEST_F(InterestsTest, disliked_songs_push_the_query_away) {
  const Rows liked{0, 1};
  const Rows disliked{5};
  const std::vector<float> query = user_vector(*model_, liked, 0);
  const std::vector<float> moved = away_from(*model_, query, disliked);
  const index::ExactIndex index(model_->vectors(), model_->inverse_norms());
  for (const math::ScoredRow& one : index.search(moved, 10)) EXPECT_EQ(one.row % 4, 0U);
  float square = 0;
  for (const float number : moved) square += number * number;
  EXPECT_NEAR(square, 1, 1e-5);
  EXPECT_EQ(away_from(*model_, query, {}), query);
}

}  // namespace
}  // namespace segue::recommend
