#include "segue/recommend/user_vector.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

// Three songs along the axes, with lengths that must not matter; the opposite of the first; and one without a vector.
class UserVectorTest : public ::testing::Test {
 protected:
  UserVectorTest() {
    testing::SmallModel small = testing::small_model(5, 3);
    const math::MatrixView<float> vectors = small.trained.vectors.view();
    for (std::size_t row = 0; row < 5; ++row) std::ranges::fill(vectors[row], 0.0F);
    vectors.row(0)[0] = 5;
    vectors.row(1)[1] = 0.25F;
    vectors.row(2)[2] = 1;
    vectors.row(3)[0] = -2;
    testing::write_small_model(folder_ / "model", small);
    model_ = std::make_unique<model::Model>(folder_ / "model");
  }
  void expect_vector(const std::vector<std::uint32_t>& songs, double half_life, std::vector<double> wanted) const {
    const std::vector<float> found = user_vector(*model_, songs, half_life);
    const double norm = std::hypot(wanted[0], wanted[1], wanted[2]);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(found[i], wanted[i] / norm, 1e-6) << "number " << i;
  }
  testing::Scratch folder_;
  std::unique_ptr<model::Model> model_;
};

TEST_F(UserVectorTest, is_the_mean_of_unit_vectors) {
  expect_vector({0}, 0, {1, 0, 0});
  expect_vector({0, 1}, 0, {1, 1, 0});
  expect_vector({0, 1, 0, 2}, 0, {2, 1, 1});
}

TEST_F(UserVectorTest, halves_the_weight_every_half_life) {
  expect_vector({0, 1, 2}, 1, {0.25, 0.5, 1});
  expect_vector({0, 1, 2}, 2, {0.5, std::sqrt(0.5), 1});
}

TEST_F(UserVectorTest, songs_without_a_vector_keep_their_place_in_time) {
  expect_vector({0, 4, 1}, 1, {0.25, 1, 0});
}

TEST_F(UserVectorTest, refuses_songs_without_a_direction) {
  EXPECT_ERROR((void)user_vector(*model_, {}, 0), ErrorCode::bad_input, "found 0 songs");
  const std::vector<std::uint32_t> zero = {4};
  EXPECT_ERROR((void)user_vector(*model_, zero, 0), ErrorCode::bad_input, "found 1 songs, 0 with a vector");
  const std::vector<std::uint32_t> opposite = {0, 3};
  EXPECT_ERROR((void)user_vector(*model_, opposite, 0), ErrorCode::bad_input, "found 2 songs, 2 with a vector");
}

TEST_F(UserVectorTest, weights_replace_recency) {
  const std::vector<WeightedSong> songs = {{0, 3}, {1, 1}, {4, 9}};  // the last has no vector
  const std::vector<float> found = user_vector(*model_, songs);
  EXPECT_NEAR(found[0], 3 / std::sqrt(10.0), 1e-6);
  EXPECT_NEAR(found[1], 1 / std::sqrt(10.0), 1e-6);
  const std::vector<WeightedSong> opposite = {{0, 1}, {3, 1}};
  EXPECT_ERROR((void)user_vector(*model_, opposite), ErrorCode::bad_input, "found 2 songs, 2 with a vector");
}

}  // namespace
}  // namespace segue::recommend
