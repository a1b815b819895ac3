#include "segue/pipeline/place.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "segue/recommend/user_vector.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::pipeline {
namespace {

constexpr std::uint32_t kPlacedSongs = 120;
constexpr std::uint32_t kPlacedGenres = 4;
constexpr float kReach = 2;

// Genres lie at the corners of a large square, their songs within kReach of the corner.
layout::Point corner(std::uint32_t genre) {
  return {genre % 2 == 0 ? 0.0F : 50.0F, genre / 2 == 0 ? 0.0F : 50.0F};
}

class Place : public ::testing::Test {
 protected:
  Place() {
    testing::write_small_model(scratch_ / "m", testing::small_model(kPlacedSongs, 12));
    for (std::uint32_t song = 0; song < kPlacedSongs; ++song) {
      const layout::Point centre = corner(song % kPlacedGenres);
      const auto angle = static_cast<float>(song);
      map_.layout.push_back({centre.x + kReach * std::cos(angle), centre.y + kReach * std::sin(angle)});
    }
  }

  static void expect_in_genre(layout::Point point, std::uint32_t genre) {
    EXPECT_LE(std::hypot(point.x - corner(genre).x, point.y - corner(genre).y), kReach) << "genre " << genre;
  }

  testing::Scratch scratch_;
  layout::SongMap map_;
};

TEST_F(Place, a_vector_lies_among_its_nearest_songs) {
  const model::Model model(scratch_ / "m");
  for (std::uint32_t genre = 0; genre < kPlacedGenres; ++genre) {
    const std::vector<std::uint32_t> song = {genre + 8};
    expect_in_genre(place_vector(model, map_, recommend::user_vector(model, song, 0)), genre);
  }
}

TEST_F(Place, the_place_does_not_depend_on_threads) {
  const model::Model model(scratch_ / "m");
  const std::vector<float> vector = recommend::user_vector(model, std::vector<std::uint32_t>{1, 6}, 0);
  EXPECT_EQ(place_vector(model, map_, vector, 1), place_vector(model, map_, vector, 3));
}

TEST_F(Place, songs_lie_where_their_mean_does) {
  const model::Model model(scratch_ / "m");
  const std::vector<std::uint32_t> songs = {2, 6, 10, 3};
  expect_in_genre(place_songs(model, map_, songs), 2);
  EXPECT_EQ(place_songs(model, map_, songs, 2), place_vector(model, map_, recommend::user_vector(model, songs, 2)));
  EXPECT_ERROR(place_songs(model, map_, {}), ErrorCode::bad_input, "");
}

TEST_F(Place, a_model_of_few_songs_has_few_neighbours) {
  testing::write_small_model(scratch_ / "few", testing::small_model(3, 12));
  const model::Model model(scratch_ / "few");
  map_.layout.resize(3);
  const layout::Point point = place_songs(model, map_, std::vector<std::uint32_t>{1});
  EXPECT_TRUE(std::isfinite(point.x) && std::isfinite(point.y));
}

TEST_F(Place, rows_that_come_later_lie_among_those_placed) {
  const model::Model model(scratch_ / "m");
  math::Matrix units(kPlacedSongs, model.vectors().columns);
  for (std::uint32_t song = 0; song < kPlacedSongs; ++song) {
    std::ranges::transform(model.vectors()[song], units.view().row(song),
                           [&](float number) { return number * model.inverse_norms()[song]; });
  }
  const layout::Layout placed(map_.layout.begin(), map_.layout.begin() + 80);
  NoProgress progress;
  const layout::Layout rest = place_rows(placed, units.view(), 2, progress, {});
  ASSERT_EQ(rest.size(), kPlacedSongs - 80);
  for (std::uint32_t i = 0; i < rest.size(); ++i) expect_in_genre(rest[i], (80 + i) % kPlacedGenres);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_ERROR(place_rows(placed, units.view(), 1, progress, stop.get_token()), ErrorCode::interrupted,
               "interrupted while placing songs");
}

}  // namespace
}  // namespace segue::pipeline
