#include "segue/draw/dots.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "segue/base/error.h"
#include "segue/base/words.h"

namespace segue::draw {

namespace {

// Neighbouring regions within a large one have different shades of its colour.
Colour shade(Colour colour, std::int32_t region, MapTheme theme) {
  constexpr float kShades[] = {0.0F, 0.16F, -0.14F};
  const float shift = kShades[static_cast<std::size_t>(region) % std::size(kShades)];
  if (shift < 0) return mixed(colour, theme == MapTheme::dark ? Colour{} : Colour{1, 1, 1}, -shift);
  return mixed(colour, theme == MapTheme::dark ? Colour{1, 1, 1} : Colour{}, shift);
}

void by_region(ColouredSongs& result, const layout::SongMap& map, MapTheme theme) {
  const auto palette = palette_of(theme);
  const std::vector<std::size_t> colour = colour_regions(map.regions, palette.size());
  for (std::size_t song = 0; song < map.region.size(); ++song) {
    const std::int32_t region = map.region[song];
    if (region == layout::kNoRegion) {
      result.dots[song].colour = colours_of(theme).none;
      continue;
    }
    const std::int32_t shaded = layout::region_at(map.regions, region, 1);
    result.dots[song].colour = shade(palette[colour[static_cast<std::size_t>(region)]], shaded, theme);
  }
}

void by_tag(ColouredSongs& result, const data::Catalogue& songs, MapTheme theme) {
  std::map<std::string_view, std::size_t> counts;
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    for (const std::string_view tag : songs.tags(row)) ++counts[tag];
  }
  if (counts.empty()) fail(ErrorCode::wrong_use, "--colour tag: expected songs with tags, found none");
  std::vector<std::pair<std::string_view, std::size_t>> most(counts.begin(), counts.end());
  std::ranges::stable_sort(most, [](const auto& a, const auto& b) { return a.second > b.second; });
  const auto palette = palette_of(theme);
  most.resize(std::min(most.size(), palette.size()));
  for (std::size_t i = 0; i < most.size(); ++i) result.legend.push_back({palette[i], std::string(most[i].first)});
  result.legend.push_back({colours_of(theme).none, "other or none"});
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    Colour& colour = result.dots[row].colour;
    colour = colours_of(theme).none;
    // The rarest of several tags says most.
    std::size_t best = most.size();
    for (const std::string_view tag : songs.tags(row)) {
      const auto found = std::ranges::find(most, tag, &std::pair<std::string_view, std::size_t>::first);
      if (found == most.end()) continue;
      const auto place = static_cast<std::size_t>(found - most.begin());
      if (best == most.size() || place > best) best = place;
    }
    if (best < most.size()) colour = palette[best];
  }
}

void by_plays(ColouredSongs& result, const data::Catalogue& songs, MapTheme theme) {
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    result.dots[row].colour = scale_at(result.dots[row].weight, theme);
  }
  if (songs.size() == 0) return;
  const std::uint64_t most = songs.plays(0);
  const std::uint64_t least = songs.plays(songs.size() - 1);
  const auto middle = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(most) * static_cast<double>(least)));
  result.legend = {{scale_at(1, theme), with_commas(most) + " plays"},
                   {scale_at(0.5F, theme), with_commas(middle)},
                   {scale_at(0, theme), with_commas(least)}};
}

}  // namespace

ColouredSongs colour_songs(const layout::SongMap& map, const data::Catalogue& songs, MapColour colour, MapTheme theme) {
  SEGUE_ASSERT(map.layout.size() == songs.size());
  ColouredSongs result;
  result.dots.resize(songs.size());
  if (songs.size() == 0) return result;
  // Songs come in descending order of plays.
  const double most = std::log1p(static_cast<double>(songs.plays(0)));
  const double least = std::log1p(static_cast<double>(songs.plays(songs.size() - 1)));
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    const double own = std::log1p(static_cast<double>(songs.plays(row)));
    result.dots[row].weight = most > least ? static_cast<float>((own - least) / (most - least)) : 1.0F;
  }
  switch (colour) {
    case MapColour::cluster:
      by_region(result, map, theme);
      break;
    case MapColour::tag:
      by_tag(result, songs, theme);
      break;
    case MapColour::popularity:
      by_plays(result, songs, theme);
      break;
  }
  return result;
}

}  // namespace segue::draw
