#include "segue/layout/placement.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/exact_tsne.h"
#include "tests/support/expect_error.h"

namespace segue::layout {
namespace {

TEST(Placement, puts_a_song_where_most_of_its_neighbours_are) {
  const Layout placed = {{0, 0}, {0.2F, 0}, {0, 0.2F}, {50, 50}};
  const std::vector<std::uint32_t> rows = {3, 0, 1, 2};
  const std::vector<float> distances(4, 1.0F);
  const Layout points = place_by_neighbours(placed, {1, 4, rows, distances}, 4);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_NEAR(points[0].x, 0.07, 0.1);  // the mean of all four would be at 12.5
  EXPECT_NEAR(points[0].y, 0.07, 0.1);
}

TEST(Placement, puts_a_song_at_its_only_neighbour_and_one_without_at_the_mean) {
  const Layout placed = {{-4, 0}, {8, 2}};
  constexpr std::uint32_t kNone = NeighbourView::kNone;
  const std::vector<std::uint32_t> rows = {kNone, 1, kNone, kNone};
  const std::vector<float> distances(4, 0.5F);
  const Layout points = place_by_neighbours(placed, {2, 2, rows, distances}, 30);
  EXPECT_EQ(points[0], (Point{8, 2}));
  EXPECT_EQ(points[1], (Point{2, 1}));
}

TEST(Placement, is_where_the_loss_is_least) {
  const Layout placed = heaps(30, 3, 4, 1, 5);
  std::vector<std::uint32_t> rows;
  std::vector<float> distances;
  for (std::uint32_t j = 0; j < 30; ++j) {
    rows.push_back(j);
    distances.push_back(0.1F * static_cast<float>(j % 7));
  }
  std::vector<float> p(30);
  conditional_affinities(distances, 12, p);
  const Point at = place_by_neighbours(placed, {1, 30, rows, distances}, 12).front();
  const auto loss = [&](double x, double y) {
    double sum = 0;
    for (std::size_t j = 0; j < 30; ++j) {
      const double dx = x - static_cast<double>(placed[j].x);
      const double dy = y - static_cast<double>(placed[j].y);
      sum += static_cast<double>(p[j]) * std::log1p(dx * dx + dy * dy);
    }
    return sum;
  };
  const double least = loss(static_cast<double>(at.x), static_cast<double>(at.y));
  for (const double step : {0.1, 1.0, 4.0}) {
    for (int turn = 0; turn < 8; ++turn) {
      const double angle = turn * 0.785398;
      EXPECT_GT(
          loss(static_cast<double>(at.x) + step * std::cos(angle), static_cast<double>(at.y) + step * std::sin(angle)),
          least);
    }
  }
}

TEST(Placement, refuses_invalid_neighbours) {
  const std::vector<std::uint32_t> rows = {5};
  const std::vector<float> distances = {1};
  EXPECT_ERROR(place_by_neighbours(Layout(5), {1, 1, rows, distances}, 30), ErrorCode::bad_input, "row 5");
}

TEST(StartLike, keeps_known_songs_and_puts_others_next_to_them) {
  const Layout old = {{1, 2}, {-7, 3}};
  // A chain of songs, 0 - 1 - 2 - 3, and 4 alone.
  const Affinities affinities{{0, 1, 3, 5, 6, 6}, {1, 0, 2, 1, 3, 2}, {0.2F, 0.2F, 0.1F, 0.1F, 0.2F, 0.2F}};
  const std::vector<std::uint32_t> old_row = {1, kNotOnMap, kNotOnMap, kNotOnMap, kNotOnMap};
  const Layout start = start_like(affinities, old, old_row);
  EXPECT_EQ(start, (Layout{{-7, 3}, {-7, 3}, {-7, 3}, {-7, 3}, {-3, 2.5F}}));
}

TEST(AlignTo, undoes_rotation_mirroring_scaling_and_translation) {
  const Layout old = heaps(50, 5, 10, 2, 1);
  for (const bool mirror : {false, true}) {
    Layout moved;
    std::vector<std::uint32_t> old_row;
    for (std::uint32_t i = 0; i < 50; ++i) {
      const Point from = old[49 - i];
      const float y = mirror ? -from.y : from.y;
      moved.push_back({3 + 0.5F * (0.6F * from.x - 0.8F * y), -9 + 0.5F * (0.8F * from.x + 0.6F * y)});
      old_row.push_back(49 - i);
    }
    const Alignment aligned = align_to(moved, old, old_row);
    EXPECT_LT(aligned.mean_displacement, 1e-5);
    for (std::size_t i = 0; i < 50; ++i) {
      EXPECT_NEAR(aligned.points[i].x, old[49 - i].x, 1e-4);
      EXPECT_NEAR(aligned.points[i].y, old[49 - i].y, 1e-4);
    }
  }
}

TEST(AlignTo, measures_the_remaining_displacement) {
  const Layout old = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
  const Layout moved = {{1, 0}, {-1, 0}, {0, 3}, {0, -3}};
  const std::vector<std::uint32_t> old_row = {0, 1, 2, 3};
  // The best scale is 8 / 20: two points end 0.6 short, the others 0.2 too far.
  EXPECT_NEAR(align_to(moved, old, old_row).mean_displacement, 0.4, 1e-6);
}

TEST(AlignTo, does_not_move_points_if_none_has_an_old_place) {
  const Layout points = {{1, 2}, {3, 4}};
  const std::vector<std::uint32_t> none(2, kNotOnMap);
  const Alignment aligned = align_to(points, {}, none);
  EXPECT_EQ(aligned.points, points);
  EXPECT_EQ(aligned.mean_displacement, 0);
}

}  // namespace
}  // namespace segue::layout
