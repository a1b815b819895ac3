#include "segue/draw/canvas.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue::draw {
namespace {

TextStyle style() {
  TextStyle style;
  style.pixels = 30;
  style.fill = rgb(0xFFFFFF);
  return style;
}

TEST(Canvas, joins_arabic_letters_and_runs_from_right_to_left) {
  const Canvas canvas = Canvas::of_pixels(10, 10);
  const ShapedText arabic = canvas.shape("أم كلثوم", style());
  EXPECT_TRUE(arabic.right_to_left);
  EXPECT_GT(arabic.glyphs, 0U);
  EXPECT_EQ(canvas.measure("أم كلثوم", style()).missing, 0U);
  EXPECT_FALSE(canvas.shape("Björk", style()).right_to_left);
  EXPECT_EQ(canvas.shape("Björk", style()).glyphs, 5U);
  // Joined letters are narrower than the same four kept apart by non-joiners.
  EXPECT_LT(canvas.measure("بببب", style()).width, canvas.measure("ب\u200Cب\u200Cب\u200Cب", style()).width);
}

TEST(Canvas, counts_letters_that_no_font_has) {
  const Canvas canvas = Canvas::of_pixels(10, 10);
  EXPECT_EQ(canvas.measure("a\U0010FFFD", style()).missing, 1U);
}

TEST(Canvas, draws_text_inside_the_measured_box) {
  TextStyle halo = style();
  halo.halo = rgb(0x808080);
  halo.halo_width = 4;
  for (const char* text : {"Drake,\nFuture", "أم كلثوم", "jgÅ|"}) {
    Canvas canvas = Canvas::of_pixels(400, 400);
    const TextExtent extent = canvas.measure(text, halo);
    canvas.text(text, halo, {200, 200});
    const Raster drawn = canvas.pixels();
    std::size_t inside = 0;
    for (std::size_t i = 0; i < drawn.pixels.size(); ++i) {
      if (drawn.pixels[i] == 0) continue;
      ++inside;
      const double x = static_cast<double>(i % 400);
      const double y = static_cast<double>(i / 400);
      ASSERT_LE(std::abs(x + 0.5 - 200), extent.width / 2 + 1) << text;
      ASSERT_LE(std::abs(y + 0.5 - 200), extent.height / 2 + 1) << text;
    }
    EXPECT_GT(inside, 300U);
  }
}

TEST(Canvas, reads_back_pngs_and_refuses_bad_ones) {
  const testing::Scratch scratch;
  Canvas canvas = Canvas::of_pixels(7, 7);
  canvas.fill(rgb(0x336699));
  canvas.write_png(scratch / "a.png");
  EXPECT_EQ(read_png(scratch / "a.png").pixels, std::vector<std::uint32_t>(49, 0x336699U));
  EXPECT_ERROR(read_png(scratch / "none.png"), ErrorCode::not_found, "none.png");
  EXPECT_ERROR(canvas.write_png(scratch / "no" / "a.png"), ErrorCode::io_failed, "a.png");
}

// Colours as the fully colour-blind see them, in linear light (Machado, Oliveira, Fernandes 2009).
Colour seen_by(Colour colour, const double (&matrix)[9]) {
  const double in[3] = {std::pow(colour.red, 2.2), std::pow(colour.green, 2.2), std::pow(colour.blue, 2.2)};
  float out[3];
  for (int row = 0; row < 3; ++row) {
    const double sum = matrix[3 * row] * in[0] + matrix[3 * row + 1] * in[1] + matrix[3 * row + 2] * in[2];
    out[row] = static_cast<float>(std::pow(std::clamp(sum, 0.0, 1.0), 1 / 2.2));
  }
  return {out[0], out[1], out[2]};
}

TEST(Colours, of_the_palette_are_distinct_for_the_colour_blind) {
  constexpr double kProtan[9] = {0.152286, 1.052583,  -0.204868, 0.114503, 0.786281,
                                 0.099216, -0.003882, -0.048116, 1.051998};
  constexpr double kDeutan[9] = {0.367322, 0.860646,  -0.227968, 0.280085, 0.672501,
                                 0.047413, -0.011820, 0.042940,  0.968881};
  for (const MapTheme theme : {MapTheme::dark, MapTheme::light}) {
    const auto palette = palette_of(theme);
    for (const auto& matrix : {kProtan, kDeutan}) {
      double least = 1;
      for (std::size_t i = 0; i < palette.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          double fixed[9];
          std::copy(matrix, matrix + 9, fixed);
          const Colour a = seen_by(palette[i], fixed);
          const Colour b = seen_by(palette[j], fixed);
          least =
              std::min(least, std::hypot(double{a.red - b.red}, double{a.green - b.green}, double{a.blue - b.blue}));
        }
      }
      EXPECT_GT(least, 0.15);
    }
  }
}

}  // namespace
}  // namespace segue::draw
