#include "segue/train/new_vectors.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "segue/base/random.h"
#include "segue/math/kernels/kernels.h"

namespace segue::train {
namespace {

constexpr std::size_t kFrozen = 60;
constexpr std::size_t kFrozenDim = 16;
constexpr std::size_t kGroup = 6;  // the first songs lie in one direction

class NewVectorsTest : public ::testing::Test {
 protected:
  NewVectorsTest() : vectors_(kFrozen, kFrozenDim), context_(kFrozen, kFrozenDim), plays_(kFrozen, 20) {
    for (std::size_t row = 0; row < kFrozen; ++row) {
      Random random(7, row);
      for (std::size_t i = 0; i < kFrozenDim; ++i) {
        vectors_.view()[row][i] = random.uniform_float() - 0.5F;
        context_.view()[row][i] = random.uniform_float() - 0.5F + (row < kGroup && i < 4 ? 1.0F : 0.0F);
      }
    }
  }

  NewVectors fit() const { return {vectors_.view(), context_.view(), plays_, options_}; }

  static std::vector<NearPlay> near_group() {
    std::vector<NearPlay> near;
    for (data::SongRow song = 0; song < kGroup; ++song) near.push_back({song, 1 + song % 3});
    return near;
  }

  math::Matrix vectors_;
  math::Matrix context_;
  std::vector<std::uint64_t> plays_;
  TrainOptions options_;
};

TEST_F(NewVectorsTest, songs_played_near_become_likelier_than_noise) {
  options_.learning_rate = 0.1;
  options_.epochs = 20;
  std::vector<float> vector(kFrozenDim);
  std::vector<float> context(kFrozenDim);
  fit().fit(near_group(), kGroup, 1, vector, context);
  float near = 0;
  float others = 0;
  for (std::size_t row = 0; row < kFrozen; ++row) {
    const float product = math::best_kernels().dot(vector.data(), context_.view().row(row), kFrozenDim);
    (row < kGroup ? near : others) += product / static_cast<float>(row < kGroup ? kGroup : kFrozen - kGroup);
  }
  EXPECT_GT(near, others + 0.5F);
  EXPECT_GT(math::best_kernels().squared_norm(context.data(), kFrozenDim), 0);
}

TEST_F(NewVectorsTest, the_same_plays_give_the_same_vectors_and_none_leave_them) {
  std::vector<float> first(kFrozenDim, 0.1F);
  std::vector<float> first_context(kFrozenDim, 0.2F);
  std::vector<float> second = first;
  std::vector<float> second_context = first_context;
  fit().fit(near_group(), 3, 5, first, first_context);
  fit().fit(near_group(), 3, 5, second, second_context);
  EXPECT_EQ(first, second);
  EXPECT_EQ(first_context, second_context);
  EXPECT_TRUE(std::ranges::all_of(first, [](float number) { return std::isfinite(number); }));
  fit().fit({}, 3, 5, second, second_context);
  EXPECT_EQ(first, second);
}

TEST_F(NewVectorsTest, plays_beyond_the_window_say_nothing) {
  std::vector<float> vector(kFrozenDim, 0.1F);
  std::vector<float> context(kFrozenDim, 0.1F);
  const std::vector<NearPlay> far = {{0, options_.window + 1}};
  fit().fit(far, 1, 5, vector, context);
  EXPECT_EQ(vector, std::vector<float>(kFrozenDim, 0.1F));
  EXPECT_EQ(context, std::vector<float>(kFrozenDim, 0.1F));
}

}  // namespace
}  // namespace segue::train
