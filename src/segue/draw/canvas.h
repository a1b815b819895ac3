// A picture to draw on, pixels or SVG, by Cairo. Pango lays out the text (shaping, right to left, fallback to any
// installed font that has the script).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "segue/draw/colours.h"
#include "segue/draw/raster.h"

namespace segue::draw {

struct TextStyle {
  double pixels = 16;  // height of the type
  bool bold = false;
  Colour fill;
  Colour halo;  // drawn around the letters
  double halo_width = 0;
  double wrap = 0;  // maximum width of a line if words allow it; 0: one line
  double opacity = 1;
};

struct TextExtent {
  double width = 0;
  double height = 0;
  std::uint32_t missing = 0;  // letters that no installed font has
};

// A run of glyphs, in drawing order.
struct ShapedText {
  std::uint32_t glyphs = 0;
  bool right_to_left = false;  // of the first run
};

// Not thread safe. Pixels: 0x00RRGGBB. The origin is the top left corner.
class Canvas {
 public:
  // Throws not_found where no fonts are installed, no_space.
  static Canvas of_pixels(std::size_t width, std::size_t height);
  static Canvas of_svg(const std::filesystem::path& file, std::size_t width, std::size_t height);
  Canvas(Canvas&&) noexcept;
  Canvas& operator=(Canvas&&) noexcept;
  ~Canvas();

  TextExtent measure(std::string_view text, const TextStyle& style) const;
  ShapedText shape(std::string_view text, const TextStyle& style) const;

  void fill(Colour colour, double opacity = 1);
  void picture(const Raster& raster);
  // Centred on a point.
  void text(std::string_view text, const TextStyle& style, layout::Point centre);
  void disc(layout::Point centre, double radius, Colour colour, double opacity = 1);
  void ring(layout::Point centre, double radius, double width, Colour colour, double opacity = 1);
  // Closed lines. An area inside two of them is outside: a hole.
  void area(std::span<const std::vector<layout::Point>> rings, Colour colour, double opacity);
  void outline(std::span<const std::vector<layout::Point>> rings, double width, Colour colour, double opacity);
  void line(layout::Point from, layout::Point to, double width, Colour colour, double opacity = 1);

  // REQUIRES: of_pixels.
  Raster pixels() const;  // REQUIRES: width == height
  void write_png(const std::filesystem::path& file) const;
  // Ends an SVG. Throws no_space, io_failed.
  void close();

 private:
  struct State;
  explicit Canvas(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The pixels of a PNG file. Throws not_found, corrupt. REQUIRES: a square picture.
Raster read_png(const std::filesystem::path& file);

}  // namespace segue::draw
