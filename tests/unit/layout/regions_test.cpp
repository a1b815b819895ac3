#include "segue/layout/regions.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/layout/density.h"
#include "segue/layout/region_contours.h"
#include "segue/layout/region_names.h"

#include "tests/unit/layout/planted.h"

namespace segue::layout {
namespace {

using testing::kFourBlobs;
using testing::planted;

TEST(Density, smoothing_keeps_the_sum_and_adds_the_variance) {
  constexpr std::size_t kSide = 129;
  std::vector<float> grid(kSide * kSide);
  grid[64 * kSide + 64] = 1000;
  smooth(grid, kSide, 5);
  double sum = 0;
  double square = 0;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    sum += double{grid[i]};
    square += double{grid[i]} * std::pow(static_cast<double>(i % kSide) - 64, 2);
  }
  EXPECT_NEAR(sum, 1000, 0.1);
  EXPECT_NEAR(std::sqrt(square / sum), 5, 0.25);
  EXPECT_FLOAT_EQ(grid[64 * kSide + 60], grid[60 * kSide + 64]) << "the same in both directions";
}

TEST(Regions, are_found_at_planted_blobs) {
  const SongMap map = find_regions(planted(kFourBlobs));
  std::size_t large = 0;
  for (const Region& region : map.regions) large += region.level == 0 ? 1U : 0U;
  EXPECT_EQ(large, kFourBlobs.size());
  std::size_t song = 0;
  std::set<std::int32_t> seen;
  for (const testing::Blob& blob : kFourBlobs) {
    std::map<std::int32_t, std::uint32_t> counts;
    for (std::uint32_t i = 0; i < blob.songs; ++i, ++song) ++counts[region_at(map.regions, map.region[song], 0)];
    const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
    ASSERT_NE(most->first, kNoRegion);
    EXPECT_GT(most->second, blob.songs * 95 / 100);
    EXPECT_TRUE(seen.insert(most->first).second) << "two blobs in one region";
    const Point centre = map.regions[static_cast<std::size_t>(most->first)].centre;
    EXPECT_LT(std::hypot(centre.x - blob.centre.x, centre.y - blob.centre.y), 1.5 * double{blob.deviation});
  }
}

TEST(Regions, nest_by_level_and_their_sizes_add_up) {
  const SongMap map = find_regions(planted({{{0, 0}, 8, 3000}, {{25, 5}, 4, 1500}, {{0, 30}, 2, 100}}));
  std::vector<std::uint32_t> sizes(map.regions.size());
  for (std::int32_t region : map.region) {
    for (; region != kNoRegion; region = map.regions[static_cast<std::size_t>(region)].parent) {
      ++sizes[static_cast<std::size_t>(region)];
    }
  }
  for (std::size_t i = 0; i < map.regions.size(); ++i) {
    EXPECT_EQ(map.regions[i].size, sizes[i]);
    EXPECT_GT(map.regions[i].size, 0U);
    if (map.regions[i].level == 0) {
      EXPECT_EQ(map.regions[i].parent, kNoRegion);
    } else {
      ASSERT_LT(map.regions[i].parent, static_cast<std::int32_t>(i));
      EXPECT_EQ(map.regions[static_cast<std::size_t>(map.regions[i].parent)].level + 1, map.regions[i].level);
    }
  }
}

TEST(Regions, are_none_on_degenerate_maps) {
  EXPECT_TRUE(find_regions({}).regions.empty());
  EXPECT_TRUE(find_regions({{1, 2}}).regions.empty()) << "one song is not a region";
  const SongMap same = find_regions(Layout(50, Point{3, 3}));
  EXPECT_EQ(same.region.size(), 50U);
  EXPECT_EQ(region_at(same.regions, same.region[0], 0), 0);
}

TEST(RegionNames, are_typical_artists_used_once_and_deterministic) {
  const testing::Scratch scratch;
  const data::Catalogue songs = testing::songs_of(
      scratch, kFourBlobs, {{"Drake", "Everybody"}, {"Björk", "Everybody"}, {"أم كلثوم", "فيروز"}, {"Bill Evans"}});
  SongMap map = find_regions(planted(kFourBlobs));
  name_regions(map, songs);
  std::multiset<std::string> labels;
  for (const Region& region : map.regions) {
    if (!region.label.empty()) labels.insert(region.label);
  }
  EXPECT_THAT(labels, ::testing::IsSupersetOf({"أم كلثوم, فيروز", "Bill Evans"}));
  for (const std::string& label : labels) EXPECT_EQ(labels.count(label), 1U) << label;
  // Everybody is at home in two places, so that each is named by its own artist first.
  for (const char* own : {"Drake", "Björk"}) {
    EXPECT_THAT(labels, ::testing::Contains(::testing::StartsWith(own)));
  }
  SongMap again = find_regions(planted(kFourBlobs));
  name_regions(again, songs);
  for (std::size_t i = 0; i < map.regions.size(); ++i) EXPECT_EQ(map.regions[i].label, again.regions[i].label);
}

TEST(RegionNames, prefer_tags_and_distinctive_tags_to_common_ones) {
  const testing::Scratch scratch;
  const data::Catalogue songs =
      testing::songs_of(scratch, kFourBlobs, {{"A"}, {"B"}, {"C"}, {"D"}}, {"rap", "electronic", "طرب", "jazz"});
  SongMap map = find_regions(planted(kFourBlobs));
  name_regions(map, songs);
  std::vector<std::string> labels;
  for (const Region& region : map.regions) {
    if (region.level == 0) labels.push_back(region.label.substr(0, region.label.find(", ")));
  }
  EXPECT_THAT(labels, ::testing::UnorderedElementsAre("rap", "electronic", "طرب", "jazz"));
}

// Titles of the songs of kFourBlobs: `said[blob]` of every second song, and "Chill" of all.
data::TitleTerms titles_of(const std::vector<std::vector<std::string>>& said) {
  data::TitleTerms titles;
  titles.texts = {"Chill"};
  for (std::size_t blob = 0; blob < kFourBlobs.size(); ++blob) {
    std::vector<data::TitleTerms::Use> uses = {{0, 5}};
    for (const std::string& text : said[blob]) {
      uses.push_back({static_cast<std::uint32_t>(titles.texts.size()), 3});
      titles.texts.push_back(text);
    }
    for (std::uint32_t song = 0; song < kFourBlobs[blob].songs; ++song) {
      titles.of_song.push_back(song % 2 == 0 ? uses : std::vector<data::TitleTerms::Use>{});
    }
  }
  return titles;
}

TEST(RegionNames, are_what_playlists_are_called_the_longer_term_of_two_and_artists_where_titles_say_nothing) {
  const testing::Scratch scratch;
  const data::Catalogue songs = testing::songs_of(scratch, kFourBlobs, {{"A"}, {"B"}, {"C"}, {"D"}});
  SongMap map = find_regions(planted(kFourBlobs));
  name_regions(map, songs, titles_of({{"Jazz", "Late Night Jazz"}, {"All Out 80s"}, {"طرب"}, {}}));
  std::vector<std::pair<std::string, NameSource>> names;
  for (const Region& region : map.regions) {
    if (region.level == 0) names.emplace_back(region.label, region.source);
    EXPECT_NE(region.label, "Chill") << "said of everything, so it names nothing";
    EXPECT_EQ(region.label.empty(), region.source == NameSource::none);
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre(
                         std::pair("Late Night Jazz", NameSource::titles), std::pair("All Out 80s", NameSource::titles),
                         std::pair("طرب", NameSource::titles), std::pair("D", NameSource::artists)));
}

bool is_inside(Point point, const Contour& contour) {
  bool inside = false;
  for (const std::vector<Point>& ring : contour.rings) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Point a = ring[i];
      const Point b = ring[(i + 1) % ring.size()];
      if ((a.y > point.y) == (b.y > point.y)) continue;
      if (point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)) inside = !inside;
    }
  }
  return inside;
}

TEST(RegionContours, enclose_the_part_of_the_songs_that_they_say) {
  const SongMap map = find_regions(planted(kFourBlobs));
  const std::vector<Contour> contours = region_contours(map);
  ASSERT_EQ(contours.size(), 4 * kContourParts.size());
  for (const Contour& contour : contours) {
    std::size_t songs = 0;
    std::size_t inside = 0;
    for (std::size_t song = 0; song < map.layout.size(); ++song) {
      if (region_at(map.regions, map.region[song], 0) != contour.region) continue;
      ++songs;
      inside += is_inside(map.layout[song], contour) ? 1 : 0;
    }
    const double part = static_cast<double>(inside) / static_cast<double>(songs);
    EXPECT_NEAR(part, kContourParts[contour.part], 0.06) << "region " << contour.region;
  }
  EXPECT_TRUE(region_contours({}).empty());
  EXPECT_EQ(region_contours(find_regions(Layout(50, Point{3, 3}))).size(), kContourParts.size());
}

TEST(RegionNames, lead_artists_of_credits) {
  EXPECT_THAT(
      lead_artists(
          {"Drake, Future", "Drake", "Tyler, The Creator", "Tyler, The Creator, Kali Uchis", "", "Earth, Wind & Fire"}),
      ::testing::ElementsAre("Drake", "Drake", "Tyler, The Creator", "Tyler, The Creator", "", "Earth, Wind & Fire"));
}

}  // namespace
}  // namespace segue::layout
