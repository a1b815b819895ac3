#include "segue/layout/affinities.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/support/exact_tsne.h"
#include "tests/support/expect_error.h"

namespace segue::layout {
namespace {

double perplexity_of(std::span<const float> p) {
  double entropy = 0;
  for (const float one : p) {
    if (one > 0) entropy -= static_cast<double>(one) * std::log(static_cast<double>(one));
  }
  return std::exp(entropy);
}

std::vector<float> some_distances(std::size_t n, double shift, double scale, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> distances;
  for (std::size_t i = 0; i < n; ++i) distances.push_back(static_cast<float>(shift + scale * random.uniform()));
  return distances;
}

TEST(ConditionalAffinities, have_the_requested_perplexity) {
  for (const double scale : {1e-12, 1e-3, 1.0, 1e6}) {
    for (const double shift : {0.0, 3 * scale}) {
      const std::vector<float> distances = some_distances(90, shift, scale, 5);
      for (const double perplexity : {1.5, 5.0, 30.0, 80.0, 89.0}) {
        std::vector<float> p(distances.size());
        const double b = conditional_affinities(distances, perplexity, p);
        EXPECT_NEAR(perplexity_of(p), perplexity, 1e-5 * perplexity) << scale << " " << shift;
        EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-6);
        const auto least = static_cast<std::size_t>(std::ranges::min_element(distances) - distances.begin());
        for (std::size_t j = 0; j < p.size(); ++j) {  // it is the Gaussian of width b
          const double weight =
              std::exp(-b * (static_cast<double>(distances[j]) - static_cast<double>(distances[least])));
          EXPECT_NEAR(p[j], weight * static_cast<double>(p[least]), 1e-6 * weight + 1e-37);
        }
      }
    }
  }
}

TEST(ConditionalAffinities, are_equal_if_no_perplexity_fits) {
  std::vector<float> p(4);
  EXPECT_EQ(conditional_affinities(std::vector<float>{1, 2, 3, 4}, 4, p), 0);
  EXPECT_EQ(p, (std::vector<float>{0.25F, 0.25F, 0.25F, 0.25F}));
  EXPECT_EQ(conditional_affinities(std::vector<float>{2, 2, 2, 2}, 3, p), 0);
  EXPECT_EQ(p, (std::vector<float>{0.25F, 0.25F, 0.25F, 0.25F}));
  EXPECT_EQ(conditional_affinities(std::vector<float>{5, 2, 2, 9}, 1.5, p), std::numeric_limits<double>::infinity());
  EXPECT_EQ(p, (std::vector<float>{0, 0.5F, 0.5F, 0}));
  EXPECT_EQ(conditional_affinities({}, 3, {}), 0);
}

TEST(Affinities, are_the_symmetric_mean_of_the_conditionals) {
  const Layout points = heaps(60, 4, 5, 1, 3);
  const FoundNeighbours found = all_neighbours_of(points, 15);
  const std::vector<double> p = dense(make_affinities(found.view(), 5));
  std::vector<double> wanted(60 * 60);
  for (std::size_t i = 0; i < 60; ++i) {
    std::vector<float> row(15);
    conditional_affinities(std::span(found.squared_distances).subspan(i * 15, 15), 5, row);
    for (std::size_t j = 0; j < 15; ++j) {
      const std::size_t other = found.rows[i * 15 + j];
      wanted[i * 60 + other] += static_cast<double>(row[j]) / 120;
      wanted[other * 60 + i] += static_cast<double>(row[j]) / 120;
    }
  }
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(p[i], wanted[i], 1e-8);
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-5);
}

TEST(Affinities, are_the_same_with_any_number_of_threads_and_have_ascending_columns) {
  const FoundNeighbours found = all_neighbours_of(heaps(700, 6, 5, 1, 4), 20);
  const Affinities one = make_affinities(found.view(), 6, 1);
  for (std::size_t i = 0; i < one.size(); ++i) {
    const auto row = std::span(one.columns).subspan(one.offsets[i], one.offsets[i + 1] - one.offsets[i]);
    EXPECT_TRUE(std::ranges::is_sorted(row));
    EXPECT_TRUE(std::ranges::adjacent_find(row) == row.end());
  }
  for (const std::size_t threads : {2U, 3U, 7U}) {
    const Affinities more = make_affinities(found.view(), 6, threads);
    EXPECT_EQ(more.offsets, one.offsets);
    EXPECT_EQ(more.columns, one.columns);
    EXPECT_EQ(more.values, one.values);
  }
}

TEST(Affinities, omit_none_and_the_row_itself) {
  constexpr std::uint32_t kNone = NeighbourView::kNone;
  const std::vector<std::uint32_t> rows = {1, 0, 0, kNone, kNone, kNone};
  const std::vector<float> distances = {1, 0, 1, 7, -1, 0};
  const Affinities affinities = make_affinities({3, 2, rows, distances}, 30);
  EXPECT_EQ(affinities.offsets, (std::vector<std::uint64_t>{0, 1, 2, 2}));
  EXPECT_EQ(affinities.columns, (std::vector<std::uint32_t>{1, 0}));
  EXPECT_EQ(affinities.values, (std::vector<float>{0.5F, 0.5F}));
}

TEST(Affinities, of_nothing_are_empty) {
  EXPECT_EQ(make_affinities({}, 30).size(), 0U);
  const Affinities one = make_affinities({1, 0, {}, {}}, 30);
  EXPECT_EQ(one.size(), 1U);
  EXPECT_TRUE(one.columns.empty());
}

TEST(Affinities, refuse_invalid_neighbours) {
  const std::vector<std::uint32_t> rows = {1, 2};
  const std::vector<float> distances = {1, 1};
  const std::vector<float> infinite = {1, std::numeric_limits<float>::infinity()};
  EXPECT_ERROR(make_affinities({2, 1, rows, distances}, 30), ErrorCode::bad_input, "row 2");
  const std::vector<std::uint32_t> mutual = {1, 0};
  EXPECT_ERROR(make_affinities({2, 1, mutual, infinite}, 30), ErrorCode::bad_input, "inf");
  EXPECT_ERROR(make_affinities({2, 1, mutual, distances}, 0.5), ErrorCode::wrong_use, "0.5");
}

}  // namespace
}  // namespace segue::layout
