#include "segue/layout/tsne.h"

#include <array>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "segue/layout/morton.h"
#include "segue/layout/pca.h"

#include "tests/support/exact_tsne.h"
#include "tests/support/expect_error.h"

namespace segue::layout {
namespace {

constexpr std::size_t kSongs = 600;
constexpr std::size_t kClusters = 6;

Affinities affinities_of_heaps(std::size_t n = kSongs) {
  return make_affinities(all_neighbours_of(heaps(n, kClusters, 20, 1, 2), std::min<std::size_t>(n - 1, 30)).view(), 10);
}

Layout some_start(std::size_t n = kSongs) {
  Layout start = heaps(n, n, 1, 0.1, 3);
  rescale(start);
  return start;
}

TsneResult fit(const Affinities& affinities, const TsneOptions& options = {}, Layout start = some_start()) {
  NoProgress progress;
  return fit_tsne(affinities, std::move(start), options, progress, {});
}

void expect_finite(const Layout& points) {
  for (const Point& point : points) ASSERT_TRUE(std::isfinite(point.x) && std::isfinite(point.y));
}

TEST(Tsne, reports_the_exact_kl) {
  const Affinities affinities = affinities_of_heaps();
  for (const std::uint32_t iterations : {1U, 300U, 750U}) {
    const TsneResult result = fit(affinities, {.iterations = iterations});
    const double exact = exact_kl(dense(affinities), to_double(result.points));
    EXPECT_NEAR(result.kl, exact, 1e-4 * exact) << iterations;
    EXPECT_EQ(result.losses.back().iteration, iterations);
    EXPECT_EQ(result.losses.back().kl, result.kl);
  }
}

TEST(Tsne, reports_nearly_the_exact_kl_on_a_grid) {
  const std::size_t n = 2500;
  const Affinities affinities = affinities_of_heaps(n);
  const TsneResult result = fit(affinities, {.iterations = 320}, some_start(n));
  EXPECT_NEAR(result.kl, exact_kl(dense(affinities), to_double(result.points)), 5e-3);
}

// The forces add up to the gradient of the KL, compared with finite differences of the exact KL.
TEST(Tsne, forces_are_the_gradient_of_the_kl) {
  const Affinities affinities = affinities_of_heaps(200);
  const std::vector<double> p = dense(affinities);
  const std::vector<ExactForce> points = to_double(heaps(200, 5, 5, 1, 8));
  const std::vector<ExactForce> attractions = exact_attractions(p, points);
  const std::vector<ExactForce> repulsions = exact_repulsions(points);
  const double z = sum_of_nearness(points);
  for (const std::size_t i : {0U, 17U, 199U}) {
    constexpr double kStep = 1e-5;
    for (const auto coordinate : {&ExactForce::x, &ExactForce::y}) {
      std::vector<ExactForce> right = points;
      std::vector<ExactForce> left = points;
      right[i].*coordinate += kStep;
      left[i].*coordinate -= kStep;
      const double slope = (exact_kl(p, right) - exact_kl(p, left)) / (2 * kStep);
      const double gradient = 4 * (attractions[i].*coordinate - repulsions[i].*coordinate / z);
      EXPECT_NEAR(gradient, slope, 1e-5 * std::abs(slope) + 1e-9);
    }
  }
}

TEST(Tsne, descends_as_far_as_small_exact_steps) {
  const Affinities affinities = affinities_of_heaps(300);
  const TsneResult result = fit(affinities, {.iterations = 1000, .exaggeration_iterations = 250}, some_start(300));
  // A long plain descent from there gains almost nothing.
  const std::vector<double> p = dense(affinities);
  std::vector<ExactForce> points = to_double(result.points);
  for (int step = 0; step < 200; ++step) {
    const std::vector<ExactForce> attractions = exact_attractions(p, points);
    const std::vector<ExactForce> repulsions = exact_repulsions(points);
    const double z = sum_of_nearness(points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      points[i].x -= 200 * (attractions[i].x - repulsions[i].x / z);
      points[i].y -= 200 * (attractions[i].y - repulsions[i].y / z);
    }
  }
  EXPECT_GT(exact_kl(p, points), 0.97 * result.kl);
}

TEST(Tsne, keeps_neighbours_together) {
  const Affinities affinities = affinities_of_heaps();
  const TsneResult result = fit(affinities);
  const FoundNeighbours found = all_neighbours_of(result.points, 5);
  std::size_t same = 0;
  for (std::size_t i = 0; i < kSongs; ++i) {
    for (std::size_t j = 0; j < 5; ++j) same += found.rows[i * 5 + j] % kClusters == i % kClusters ? 1U : 0U;
  }
  EXPECT_GT(static_cast<double>(same), 0.95 * 5 * kSongs);
  EXPECT_LT(result.kl, 0.7);
}

TEST(Tsne, gives_the_same_bytes_with_any_number_of_threads) {
  const std::size_t n = 5000;  // enough to be reordered
  Layout places = heaps(n, 50, 30, 2, 2);
  FoundNeighbours found{6, {}, {}};
  for (std::uint32_t i = 0; i < n; ++i) {
    for (std::uint32_t j = 1; j <= 6; ++j) {
      found.rows.push_back(static_cast<std::uint32_t>((i + 50 * j) % n));
      found.squared_distances.push_back(static_cast<float>(j));
    }
  }
  const Affinities affinities = make_affinities(found.view(), 4);
  TsneOptions options{.iterations = 70, .exaggeration_iterations = 40, .threads = 1};
  const TsneResult one = fit(affinities, options, places);
  expect_finite(one.points);
  for (const std::uint32_t threads : {2U, 3U}) {
    options.threads = threads;
    const TsneResult more = fit(affinities, options, places);
    EXPECT_EQ(more.points, one.points);
    EXPECT_EQ(more.kl, one.kl);
  }
}

TEST(Tsne, handles_few_songs) {
  for (const std::size_t n : {0U, 1U, 2U, 3U, 10U}) {
    const std::size_t k = n == 0 ? 0 : n - 1;
    const Affinities affinities =
        make_affinities(all_neighbours_of(heaps(n, std::max<std::size_t>(n, 1), 5, 1, 4), k).view(), 30);
    Layout start = some_start(n);
    const TsneResult result = fit(n == 0 || k > 0 ? affinities : Affinities{{0, 0}, {}, {}}, {}, start);
    ASSERT_EQ(result.points.size(), n);
    expect_finite(result.points);
    if (n == 2) {
      EXPECT_NE(result.points[0], result.points[1]);
    }
  }
}

TEST(Tsne, handles_songs_that_are_all_the_same) {
  const std::size_t n = 300;
  FoundNeighbours found{20, {}, {}};
  for (std::uint32_t i = 0; i < n; ++i) {
    for (std::uint32_t j = 1; j <= 20; ++j) found.rows.push_back(static_cast<std::uint32_t>((i + j) % n));
  }
  found.squared_distances.assign(n * 20, 0.0F);
  const TsneResult result = fit(make_affinities(found.view(), 30), {}, Layout(n));
  expect_finite(result.points);
  const TsneResult again = fit(make_affinities(found.view(), 30), {}, Layout(n));
  EXPECT_EQ(again.points, result.points);
  EXPECT_NE(result.points[0], result.points[1]);  // separated
  EXPECT_NE(fit(make_affinities(found.view(), 30), {.seed = 2}, Layout(n)).points, result.points);
}

TEST(Tsne, handles_songs_without_neighbours) {
  const TsneResult result = fit({std::vector<std::uint64_t>(51), {}, {}}, {.iterations = 300}, some_start(50));
  expect_finite(result.points);
  Affinities affinities = affinities_of_heaps(100);
  affinities.offsets.push_back(affinities.offsets.back());
  expect_finite(fit(affinities, {}, some_start(101)).points);
}

TEST(Tsne, stops_when_requested) {
  std::stop_source stop;
  struct StopsAt final : Progress {
    std::stop_source& stop;
    explicit StopsAt(std::stop_source& source) : stop(source) {}
    void begin(std::string_view, std::uint64_t total, std::string_view) override { EXPECT_EQ(total, 750U); }
    void update(std::uint64_t done, std::string_view note) override {
      if (done == 60) {
        EXPECT_TRUE(note.starts_with("KL "));
        stop.request_stop();
      }
      EXPECT_LE(done, 60U);
    }
    void end() override { FAIL(); }
  } progress(stop);
  const Affinities affinities = affinities_of_heaps(100);
  EXPECT_ERROR(fit_tsne(affinities, some_start(100), {}, progress, stop.get_token()), ErrorCode::interrupted,
               "60 of 750");
}

TEST(Tsne, refuses_a_start_that_does_not_fit) {
  const Affinities affinities = affinities_of_heaps(100);
  EXPECT_ERROR(fit(affinities, {}, some_start(99)), ErrorCode::wrong_use, "expected 100 points, found 99");
  Layout start = some_start(100);
  start[5].y = std::nanf("");
  EXPECT_ERROR(fit(affinities, {}, start), ErrorCode::bad_input, "song 5");
}

TEST(Morton, orders_by_quarters_and_keeps_every_row) {
  const Layout points = {{9, 9}, {0, 0}, {9, 0}, {0, 9}, {1, 1}, {0, 0}};
  EXPECT_EQ(morton_order(points), (std::vector<std::uint32_t>{1, 5, 4, 2, 3, 0}));
  EXPECT_TRUE(morton_order({}).empty());
}

TEST(Morton, reorders_affinities) {
  const Affinities affinities = affinities_of_heaps(50);
  std::vector<std::uint32_t> order(50);
  std::iota(order.rbegin(), order.rend(), 0U);
  Team team(2);
  const std::vector<double> before = dense(affinities);
  const std::vector<double> after = dense(reordered(affinities, order, team));
  for (std::size_t i = 0; i < 50; ++i) {
    for (std::size_t j = 0; j < 50; ++j) EXPECT_EQ(after[i * 50 + j], before[(49 - i) * 50 + 49 - j]);
  }
}

}  // namespace
}  // namespace segue::layout
