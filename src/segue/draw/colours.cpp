#include "segue/draw/colours.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace segue::draw {

namespace {

constexpr ThemeColours kDark{rgb(0x0B0E14), rgb(0xF2F4F8), rgb(0x8E99AA), rgb(0xFFFFFF),
                             rgb(0x6B7686), rgb(0xFFFFFF), rgb(0xFFD54A)};
constexpr ThemeColours kLight{rgb(0xFBFAF7), rgb(0x1B1F24), rgb(0x66707E), rgb(0x10141A),
                              rgb(0x9AA3AF), rgb(0x10141A), rgb(0xC43E00)};

constexpr std::array kDarkPalette = {rgb(0xE69F00), rgb(0x66C0F4), rgb(0x12A57A), rgb(0xF0E442),
                                     rgb(0x2F6FD0), rgb(0xDD5A1C), rgb(0xD98CBB)};
constexpr std::array kLightPalette = {rgb(0xDE8500), rgb(0x56B4E9), rgb(0x009E73), rgb(0xD6CC00),
                                      rgb(0x0072B2), rgb(0xC24A00), rgb(0xCC79A7)};

constexpr std::array kCividis = {rgb(0x00224E), rgb(0x123570), rgb(0x3B496C), rgb(0x575D6D), rgb(0x707173),
                                 rgb(0x8A8678), rgb(0xA59C74), rgb(0xC3B369), rgb(0xE1CC55), rgb(0xFEE838)};

}  // namespace

std::uint32_t packed(Colour colour) {
  const auto byte = [](float value) {
    return static_cast<std::uint32_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * 255));
  };
  return byte(colour.red) << 16 | byte(colour.green) << 8 | byte(colour.blue);
}

const ThemeColours& colours_of(MapTheme theme) {
  return theme == MapTheme::dark ? kDark : kLight;
}

std::span<const Colour> palette_of(MapTheme theme) {
  if (theme == MapTheme::dark) return kDarkPalette;
  return kLightPalette;
}

Colour scale_at(float part, MapTheme theme) {
  // The end close to the background colour would be invisible.
  const float place = theme == MapTheme::dark ? 0.25F + 0.75F * part : 0.9F * (1 - part);
  const float step = std::clamp(place, 0.0F, 1.0F) * static_cast<float>(kCividis.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(step), kCividis.size() - 2);
  return mixed(kCividis[below], kCividis[below + 1], step - static_cast<float>(below));
}

std::vector<std::size_t> colour_regions(const std::vector<layout::Region>& regions, std::size_t colours) {
  std::vector<std::size_t> order;
  for (std::size_t region = 0; region < regions.size(); ++region) {
    if (regions[region].level == 0) order.push_back(region);
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return regions[a].size > regions[b].size; });
  std::vector<std::size_t> chosen(regions.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    // Each region repels others of its colour, like charges.
    std::vector<double> force(colours);
    for (std::size_t j = 0; j < i; ++j) {
      const layout::Point here = regions[order[i]].centre;
      const layout::Point there = regions[order[j]].centre;
      const double square = std::pow(here.x - there.x, 2) + std::pow(here.y - there.y, 2);
      force[chosen[order[j]]] += std::sqrt(static_cast<double>(regions[order[j]].size)) / (square + 1e-12);
    }
    chosen[order[i]] = static_cast<std::size_t>(std::ranges::min_element(force) - force.begin());
  }
  for (std::size_t region = 0; region < regions.size(); ++region) {
    // A parent comes before its children.
    if (regions[region].parent != layout::kNoRegion)
      chosen[region] = chosen[static_cast<std::size_t>(regions[region].parent)];
  }
  return chosen;
}

}  // namespace segue::draw
