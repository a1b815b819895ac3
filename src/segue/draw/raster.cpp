#include "segue/draw/raster.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "segue/base/error.h"
#include "segue/layout/density.h"

namespace segue::draw {

namespace {

constexpr float kMargin = 0.045F;
// The brightness of a lone song, as a fraction of full brightness.
constexpr float kAlone = 0.72F;

float to_linear(float value) {
  return value * value;  // close enough to sRGB's curve for mixing colours
}
float from_linear(float value) {
  return std::sqrt(std::max(value, 0.0F));
}

// Sums at every pixel: the weight of songs, and their colours in linear light.
struct Sums {
  explicit Sums(std::size_t side) : planes{} {
    for (auto& plane : planes) plane.assign(side * side, 0.0F);
  }
  void add(std::size_t pixel, float amount, Colour linear) {
    planes[0][pixel] += amount;
    planes[1][pixel] += amount * linear.red;
    planes[2][pixel] += amount * linear.green;
    planes[3][pixel] += amount * linear.blue;
  }
  Colour mean(std::size_t pixel) const {
    const float amount = planes[0][pixel];
    return {from_linear(planes[1][pixel] / amount), from_linear(planes[2][pixel] / amount),
            from_linear(planes[3][pixel] / amount)};
  }
  std::array<std::vector<float>, 4> planes;
};

Colour linear(Colour colour) {
  return {to_linear(colour.red), to_linear(colour.green), to_linear(colour.blue)};
}

// Radius of a song's disc in pixels: larger on large pictures, smaller if there are many songs.
float radius_for(std::size_t songs, std::size_t side) {
  const float crowd = std::pow(20000.0F / static_cast<float>(std::max<std::size_t>(songs, 1)), 0.3F);
  return std::clamp(static_cast<float>(side) * 0.00135F * crowd, 0.55F, static_cast<float>(side) * 0.004F);
}

// Adds a disc of this radius with a soft edge one pixel wide. A disc smaller than a pixel is weaker instead.
void add_disc(Sums& sums, std::size_t side, layout::Point at, float radius, Colour colour) {
  const float reach = radius + 0.5F;
  const auto clamp_cell = [&](float value) {
    return static_cast<std::ptrdiff_t>(std::clamp(value, 0.0F, static_cast<float>(side - 1)));
  };
  for (std::ptrdiff_t y = clamp_cell(at.y - reach); y <= clamp_cell(at.y + reach); ++y) {
    for (std::ptrdiff_t x = clamp_cell(at.x - reach); x <= clamp_cell(at.x + reach); ++x) {
      const float dx = static_cast<float>(x) + 0.5F - at.x;
      const float dy = static_cast<float>(y) + 0.5F - at.y;
      const float amount = std::clamp(reach - std::sqrt(dx * dx + dy * dy), 0.0F, 1.0F);
      if (amount > 0) sums.add(static_cast<std::size_t>(y) * side + static_cast<std::size_t>(x), amount, colour);
    }
  }
}

// The weight that one in a thousand of the pixels with songs exceeds.
float densest(const std::vector<float>& amounts) {
  std::vector<float> shown;
  for (const float amount : amounts) {
    if (amount > 0) shown.push_back(amount);
  }
  if (shown.empty()) return 1;
  const auto place = shown.begin() + static_cast<std::ptrdiff_t>((shown.size() - 1) * 999 / 1000);
  std::ranges::nth_element(shown, place);
  return std::max(*place, 1.5F);
}

// A haze in the songs' colours around dense places, which makes regions visible.
class Haze {
 public:
  static constexpr std::size_t kCoarser = 4;  // pixels of the picture for one of the haze

  Haze(const Sums& sums, std::size_t side) : side_((side + kCoarser - 1) / kCoarser), sums_(side_) {
    for (std::size_t y = 0; y < side; ++y) {
      for (std::size_t x = 0; x < side; ++x) {
        for (std::size_t plane = 0; plane < 4; ++plane) {
          sums_.planes[plane][(y / kCoarser) * side_ + x / kCoarser] += sums.planes[plane][y * side + x];
        }
      }
    }
    for (auto& plane : sums_.planes) layout::smooth(plane, side_, static_cast<double>(side) * 0.007 / kCoarser);
    const float most = densest(sums_.planes[0]);
    for (std::size_t i = 0; i < side_ * side_; ++i) {
      const float amount = sums_.planes[0][i];
      colours_.push_back(amount > 0 ? sums_.mean(i) : Colour{});
      strengths_.push_back(std::pow(std::min(amount / most, 1.0F), 0.6F));
    }
  }

  // Interpolated between its four nearest pixels.
  std::pair<Colour, float> at(std::size_t x, std::size_t y) const {
    const auto place = [&](std::size_t pixel) {
      return std::clamp((static_cast<float>(pixel) + 0.5F) / kCoarser - 0.5F, 0.0F, static_cast<float>(side_ - 1));
    };
    const float fx = place(x);
    const float fy = place(y);
    const auto left = static_cast<std::size_t>(fx);
    const auto top = static_cast<std::size_t>(fy);
    const std::size_t right = std::min(left + 1, side_ - 1);
    const std::size_t bottom = std::min(top + 1, side_ - 1);
    const float px = fx - static_cast<float>(left);
    const float py = fy - static_cast<float>(top);
    const auto between = [&](const auto& grid, auto&& mix) {
      return mix(mix(grid[top * side_ + left], grid[top * side_ + right], px),
                 mix(grid[bottom * side_ + left], grid[bottom * side_ + right], px), py);
    };
    return {between(colours_, mixed), between(strengths_, [](float a, float b, float p) { return a + (b - a) * p; })};
  }

 private:
  std::size_t side_;
  Sums sums_;
  std::vector<Colour> colours_;
  std::vector<float> strengths_;
};

}  // namespace

PictureFrame picture_of(const layout::Layout& layout, std::size_t side) {
  const layout::GridFrame square = layout::frame_around(layout, 1, kMargin);
  const auto pixels = static_cast<float>(side);
  return {{square.origin.x + square.cell / 2, square.origin.y + square.cell / 2}, pixels / square.cell, pixels / 2};
}

Raster paint_points(const layout::Layout& layout, std::span<const Dot> dots, const PictureFrame& frame,
                    std::size_t side, MapTheme theme) {
  SEGUE_ASSERT(dots.size() == layout.size());
  Sums sums(side);
  const float radius = radius_for(layout.size(), side);
  for (std::size_t song = 0; song < layout.size(); ++song) {
    const float own = radius * (0.8F + 0.7F * dots[song].weight);
    add_disc(sums, side, frame.pixel_of(layout[song]), own, linear(dots[song].colour));
  }
  const Haze haze(sums, side);
  const ThemeColours& colours = colours_of(theme);
  const bool dark = theme == MapTheme::dark;
  const float most = std::log(densest(sums.planes[0]));
  Raster raster{side, std::vector<std::uint32_t>(side * side)};
  for (std::size_t y = 0; y < side; ++y) {
    for (std::size_t x = 0; x < side; ++x) {
      const std::size_t pixel = y * side + x;
      const auto [glow, strength] = haze.at(x, y);
      Colour shown = mixed(colours.paper, glow, strength * (dark ? 0.30F : 0.26F));
      const float amount = sums.planes[0][pixel];
      if (amount > 0) {
        // 0 for a lone song, 1 for the densest places.
        const float crowd = std::clamp(std::log(std::max(amount, 1.0F)) / most, 0.0F, 1.0F);
        const Colour own = sums.mean(pixel);
        const Colour toned = mixed(own, colours.bright, (dark ? 0.55F : 0.45F) * crowd * crowd);
        shown = mixed(shown, toned, std::min(amount, 1.0F) * (kAlone + (1 - kAlone) * crowd));
      }
      raster.pixels[pixel] = packed(shown);
    }
  }
  return raster;
}

}  // namespace segue::draw
