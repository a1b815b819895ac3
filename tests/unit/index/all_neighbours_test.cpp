// Compares lists of neighbours with sorting every pair of rows in double precision.
#include "segue/index/all_neighbours.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/base/random.h"

#include "tests/support/expect_error.h"
#include "tests/support/slow_distance.h"

namespace segue::index {
namespace {

using testing::slow_distance;

math::Matrix some_vectors(std::size_t rows, std::size_t columns) {
  Random random(7);
  math::Matrix matrix(rows, columns);
  for (std::size_t row = 0; row < rows; ++row) {
    for (float& number : matrix.view()[row]) {
      number = row % 50 == 3 ? 0 : random.uniform_float() + random.uniform_float() - 1;
    }
  }
  return matrix;
}

void expect_right(const math::Matrix& vectors, const NeighbourLists& lists, std::size_t k, Distance distance) {
  const auto rows = vectors.view();
  ASSERT_EQ(lists.k, k);
  ASSERT_EQ(lists.rows.size(), rows.rows * k);
  ASSERT_EQ(lists.squared_distances.size(), rows.rows * k);
  for (std::size_t row = 0; row < rows.rows; ++row) {
    std::vector<double> wanted;
    for (std::size_t other = 0; other < rows.rows; ++other) {
      if (other != row) wanted.push_back(slow_distance(rows[row], rows[other], distance));
    }
    std::ranges::sort(wanted);
    for (std::size_t i = 0; i < k; ++i) {
      const std::uint32_t other = lists.rows[row * k + i];
      ASSERT_NE(other, row);
      EXPECT_NEAR(lists.squared_distances[row * k + i], wanted[i], 1e-5);
      EXPECT_NEAR(slow_distance(rows[row], rows[other], distance), wanted[i], 1e-5);
    }
  }
}

TEST(AllNeighbours, agree_with_sorting_every_pair) {
  NoProgress progress;
  const math::Matrix vectors = some_vectors(600, 19);
  for (const Distance distance : {Distance::euclidean, Distance::cosine}) {
    expect_right(vectors, all_neighbours(vectors.view(), 12, {.distance = distance}, progress, {}), 12, distance);
  }
}

TEST(AllNeighbours, do_not_depend_on_the_number_of_threads) {
  NoProgress progress;
  const math::Matrix vectors = some_vectors(2000, 5);
  const NeighbourLists one = all_neighbours(vectors.view(), 7, {.threads = 1}, progress, {});
  const NeighbourLists three = all_neighbours(vectors.view(), 7, {.threads = 3}, progress, {});
  EXPECT_EQ(one.rows, three.rows);
  EXPECT_EQ(one.squared_distances, three.squared_distances);
}

TEST(AllNeighbours, are_all_others_if_there_are_fewer) {
  NoProgress progress;
  for (const std::size_t rows : {0, 1, 2, 5}) {
    const math::Matrix vectors = some_vectors(rows, 3);
    expect_right(vectors, all_neighbours(vectors.view(), 9, {}, progress, {}), rows == 0 ? 0 : rows - 1,
                 Distance::cosine);
  }
}

TEST(AllNeighbours, stop_when_asked) {
  NoProgress progress;
  std::stop_source source;
  source.request_stop();
  const math::Matrix vectors = some_vectors(2000, 5);
  EXPECT_ERROR((void)all_neighbours(vectors.view(), 3, {}, progress, source.get_token()), ErrorCode::interrupted,
               "interrupted");
}

}  // namespace
}  // namespace segue::index
