#include "segue/pipeline/lay_out_map.h"

#include <cmath>

#include <gtest/gtest.h>

#include "segue/base/manifest.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kSongs = 120;
constexpr std::uint32_t kGenres = 4;

double distance(layout::Point a, layout::Point b) {
  return std::hypot(static_cast<double>(a.x - b.x), static_cast<double>(a.y - b.y));
}

// The share of songs whose nearest song on the map is of the same genre.
double same_genre(const layout::Layout& points, std::size_t first = 0) {
  std::size_t same = 0;
  for (std::size_t i = first; i < points.size(); ++i) {
    std::size_t nearest = i == 0 ? 1 : 0;
    for (std::size_t j = 0; j < points.size(); ++j) {
      if (j != i && distance(points[i], points[j]) < distance(points[i], points[nearest])) nearest = j;
    }
    same += nearest % kGenres == i % kGenres;
  }
  return static_cast<double>(same) / static_cast<double>(points.size() - first);
}

class LayOutMap : public ::testing::Test {
 protected:
  LayOutMap() {
    testing::write_small_model(folder_, testing::small_model(kSongs, 12));
    tsne_.perplexity = 8;
    tsne_.threads = 1;
  }

  MapResult lay_out() {
    NoProgress progress;
    return lay_out_map(folder_, model::Model(folder_), options_, tsne_, progress, {});
  }

  testing::Scratch scratch_;
  fs::path folder_ = scratch_ / "m";
  LayoutOptions options_;
  layout::TsneOptions tsne_;
};

TEST_F(LayOutMap, writes_a_map_of_all_songs_into_the_model) {
  const MapResult result = lay_out();
  EXPECT_FALSE(result.reused);
  EXPECT_FALSE(result.mean_displacement);
  EXPECT_GT(result.kl, 0);
  EXPECT_GT(same_genre(result.map.layout), 0.95);
  const model::Model model(folder_);
  ASSERT_NE(model.map(), nullptr);
  EXPECT_EQ(model.map()->layout, result.map.layout);
  EXPECT_EQ(model.map()->region, result.map.region);
  EXPECT_EQ(model.manifest().fields.at("map").at("kl"), result.kl);
}

TEST_F(LayOutMap, reuses_the_model_s_map_if_it_was_made_with_the_same_options) {
  const MapResult first = lay_out();
  tsne_.threads = 2;  // has no influence on the result
  const MapResult again = lay_out();
  EXPECT_TRUE(again.reused);
  EXPECT_EQ(again.kl, first.kl);
  EXPECT_EQ(again.map.layout, first.map.layout);
  tsne_.seed = 2;
  EXPECT_FALSE(lay_out().reused);
  options_.redo = true;
  EXPECT_FALSE(lay_out().reused);
}

TEST_F(LayOutMap, places_the_other_songs_among_the_most_played) {
  options_.most_played = 80;
  const MapResult result = lay_out();
  ASSERT_EQ(result.map.layout.size(), kSongs);
  EXPECT_EQ(result.record.at("most_played"), 80);
  EXPECT_GT(same_genre(result.map.layout, options_.most_played), 0.9);
}

TEST_F(LayOutMap, keeps_songs_where_they_are_on_the_map_of_like) {
  const MapResult old = lay_out();
  fs::copy(folder_, scratch_ / "old");
  options_.like = (scratch_ / "old").string();
  tsne_.exaggeration_iterations = 0;
  tsne_.iterations = 100;
  const MapResult result = lay_out();
  ASSERT_TRUE(result.mean_displacement);
  EXPECT_LT(*result.mean_displacement, 0.3);
  EXPECT_EQ(result.record.at("mean_displacement"), *result.mean_displacement);
  EXPECT_NE(result.record.at("like"), "");
}

TEST_F(LayOutMap, refuses_like_without_a_map_and_a_single_song) {
  testing::write_small_model(scratch_ / "bare", testing::small_model());
  options_.like = (scratch_ / "bare").string();
  EXPECT_ERROR(lay_out(), ErrorCode::wrong_use, "expected a model with a map, found none");
  options_.like.clear();
  testing::write_small_model(folder_, testing::small_model(1, 12));
  EXPECT_ERROR(lay_out(), ErrorCode::bad_input, "expected a model of at least 2 trained songs to map, found 1");
}

}  // namespace
}  // namespace segue::pipeline
