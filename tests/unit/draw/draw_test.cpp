#include "segue/draw/draw.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/layout/region_names.h"
#include "segue/layout/regions.h"

#include "tests/support/expect_error.h"
#include "tests/unit/layout/planted.h"

namespace segue::draw {
namespace {

using testing::kFourBlobs;

constexpr std::uint32_t kSide = 400;

struct Fixture {
  testing::Scratch scratch;
  data::Catalogue songs =
      testing::songs_of(scratch, kFourBlobs, {{"Drake"}, {"Björk"}, {"أم كلثوم"}, {"Bill <Evans> & \"co\""}});
  layout::SongMap map = layout::find_regions(testing::planted(kFourBlobs));
  DrawOptions options;
  Fixture() {
    layout::name_regions(map, songs);
    options.size = kSide;
  }
};

// Mean of red, green and blue, from 0 to 255.
double lightness(std::uint32_t pixel) {
  return static_cast<double>((pixel >> 16 & 0xFFU) + (pixel >> 8 & 0xFFU) + (pixel & 0xFFU)) / 3;
}

double mean_around(const Raster& raster, layout::Point at, int reach) {
  double sum = 0;
  int count = 0;
  for (int y = static_cast<int>(at.y) - reach; y <= static_cast<int>(at.y) + reach; ++y) {
    for (int x = static_cast<int>(at.x) - reach; x <= static_cast<int>(at.x) + reach; ++x, ++count) {
      sum += lightness(raster.pixels[static_cast<std::size_t>(y) * raster.side + static_cast<std::size_t>(x)]);
    }
  }
  return sum / count;
}

TEST(Draw, blobs_are_bright_and_the_background_is_not) {
  Fixture fixture;
  fixture.options.labels = false;
  const PictureFrame frame = picture_of(fixture.map.layout, kSide);
  for (const MapTheme theme : {MapTheme::dark, MapTheme::light}) {
    fixture.options.theme = theme;
    const Raster drawn = MapDrawing(fixture.map, fixture.songs, fixture.options).picture();
    const double paper = mean_around(drawn, frame.pixel_of({11, 10}), 10);
    for (const testing::Blob& blob : kFourBlobs) {
      const double there = mean_around(drawn, frame.pixel_of(blob.centre), 6);
      if (theme == MapTheme::dark) {
        EXPECT_GT(there, paper + 60);
      } else {
        EXPECT_LT(there, paper - 40);
      }
    }
    const double wanted = theme == MapTheme::dark ? 14 : 249;
    EXPECT_NEAR(paper, wanted, 4) << "no song is there";
  }
}

TEST(Draw, dense_cores_do_not_saturate_and_a_lone_song_is_visible) {
  layout::Layout layout = testing::planted({{{0, 0}, 1, 30000}});
  layout.push_back({40, 40});
  const std::vector<Dot> dots(layout.size(), Dot{rgb(0x1FB588), 0.5F});
  const PictureFrame frame = picture_of(layout, kSide);
  const Raster drawn = paint_points(layout, dots, frame, kSide, MapTheme::dark);
  EXPECT_GT(mean_around(drawn, frame.pixel_of({40, 40}), 0), 60) << "the lone song";
  std::size_t saturated = 0;
  std::size_t shown = 0;
  for (const std::uint32_t pixel : drawn.pixels) {
    shown += lightness(pixel) > 40 ? 1U : 0U;
    saturated += lightness(pixel) > 250 ? 1U : 0U;
  }
  EXPECT_GT(shown, 100U);
  EXPECT_LT(saturated * 50, shown);
  // The core is brighter than its rim.
  EXPECT_GT(mean_around(drawn, frame.pixel_of({0, 0}), 2), mean_around(drawn, frame.pixel_of({2.5F, 0}), 2) + 10);
}

TEST(Draw, names_are_inside_the_picture_and_do_not_overlap) {
  const Fixture fixture;
  const MapDrawing drawing(fixture.map, fixture.songs, fixture.options);
  std::vector<std::string> names;
  for (const PlacedLabel& label : drawing.labels()) {
    names.push_back(label.text);
    EXPECT_GE(label.box.left, 0);
    EXPECT_LE(label.box.left + label.box.width, kSide);
    EXPECT_EQ(label.missing, 0U);
  }
  EXPECT_THAT(names, ::testing::IsSupersetOf({"Drake", "Björk", "أم كلثوم"}));
  for (std::size_t i = 0; i < drawing.labels().size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(drawing.labels()[i].box.overlaps(drawing.labels()[j].box));
    }
  }
}

TEST(Draw, the_same_map_gives_the_same_picture) {
  const Fixture fixture;
  EXPECT_EQ(MapDrawing(fixture.map, fixture.songs, fixture.options).picture().pixels,
            MapDrawing(fixture.map, fixture.songs, fixture.options).picture().pixels);
}

TEST(Draw, colours_by_plays_and_by_tag) {
  Fixture fixture;
  fixture.options.colour = MapColour::popularity;
  EXPECT_EQ(MapDrawing(fixture.map, fixture.songs, fixture.options).picture().side, kSide);
  fixture.options.colour = MapColour::tag;
  EXPECT_ERROR(MapDrawing(fixture.map, fixture.songs, fixture.options), ErrorCode::wrong_use,
               "expected songs with tags");
}

TEST(Draw, files_of_every_kind) {
  Fixture fixture;
  fixture.options.size = 200;
  const MapDrawing drawing(fixture.map, fixture.songs, fixture.options);
  const Highlight highlight{{0, 500}, {10, 0}, {3, 4, 5}};
  drawing.write_png(fixture.scratch / "map.png");
  EXPECT_EQ(read_png(fixture.scratch / "map.png").pixels, drawing.picture().pixels);
  drawing.write_png(fixture.scratch / "lit.png", highlight);
  EXPECT_EQ(read_png(fixture.scratch / "lit.png").pixels, drawing.step(highlight, kSteps).pixels);
  drawing.write_svg(fixture.scratch / "map.svg");
  const std::string svg = read_text(fixture.scratch / "map.svg");
  EXPECT_TRUE(svg.starts_with("<?xml")) << svg.substr(0, 40);
  EXPECT_THAT(svg, ::testing::HasSubstr("data:image/png;base64,"));
  EXPECT_THAT(svg, ::testing::HasSubstr("<path"));
  drawing.write_frames(fixture.scratch / "frames", highlight);
  for (int step = 1; step <= kSteps; ++step) {
    EXPECT_EQ(read_png(fixture.scratch / fmt::format("frames/step-{}.png", step)).pixels,
              drawing.step(highlight, step).pixels);
  }
  drawing.write_webp(fixture.scratch / "steps.webp", highlight);
  const std::string webp = read_text(fixture.scratch / "steps.webp");
  EXPECT_EQ(webp.substr(0, 4) + webp.substr(8, 4), "RIFFWEBP");
  EXPECT_THAT(webp, ::testing::HasSubstr("ANIM"));
  EXPECT_ERROR(drawing.write_png(fixture.scratch / "no" / "map.png"), ErrorCode::not_found, "no");
}

TEST(Draw, steps_differ) {
  Fixture fixture;
  fixture.options.size = 200;
  const MapDrawing drawing(fixture.map, fixture.songs, fixture.options);
  const Highlight highlight{{0, 500}, {10, 10}, {900, 901}};
  const Raster played = drawing.step(highlight, 2);
  const Raster mean = drawing.step(highlight, 3);
  const layout::Point at = picture_of(fixture.map.layout, 200).pixel_of(highlight.mean);
  EXPECT_GT(mean_around(mean, at, 1), mean_around(played, at, 1) + 50) << "the mean is marked from step 3 on";
  EXPECT_NE(drawing.step(highlight, 4).pixels, mean.pixels);
}

TEST(Csv, quotes_cells_that_need_it) {
  const Fixture fixture;
  write_map_csv(fixture.scratch / "map.csv", fixture.map, fixture.songs);
  const std::string csv = read_text(fixture.scratch / "map.csv");
  EXPECT_TRUE(csv.starts_with("id,title,artist,x,y,region\n"));
  EXPECT_EQ(std::ranges::count(csv, '\n'), static_cast<std::ptrdiff_t>(fixture.songs.size()) + 1);
  EXPECT_THAT(csv, ::testing::HasSubstr("\"Bill <Evans> & \"\"co\"\"\""));
}

TEST(Csv, no_cell_is_a_formula) {
  const Fixture fixture;
  const testing::Scratch folder;
  const auto songs = testing::songs_of(folder, kFourBlobs, {{"=1+1"}, {"'-9, ca."}, {"@SUM(A1)"}, {"'Heroes'"}});
  write_map_csv(folder / "map.csv", fixture.map, songs);
  const std::string csv = read_text(folder / "map.csv");
  for (const std::string cell : {",'=1+1,", ",\"''-9, ca.\",", ",'@SUM(A1),", ",'Heroes',"}) {
    EXPECT_THAT(csv, ::testing::HasSubstr(cell));
  }
}

}  // namespace
}  // namespace segue::draw
