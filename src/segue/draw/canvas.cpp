#include "segue/draw/canvas.h"

#include <algorithm>
#include <cstring>
#include <string>

#include <cairo-svg.h>
#include <cairo.h>
#include <pango/pangocairo.h>

#include "segue/base/error.h"

namespace segue::draw {

namespace fs = std::filesystem;

namespace {

// Noto has nearly every script; without it, Pango falls back letter by letter to installed fonts.
constexpr const char* kFamilies = "Noto Sans, DejaVu Sans, sans-serif";

struct Free {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
  void operator()(PangoLayoutIter* iterator) const { pango_layout_iter_free(iterator); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void check(cairo_status_t status, std::string_view subject) {
  if (status == CAIRO_STATUS_SUCCESS) return;
  ErrorCode code = ErrorCode::io_failed;
  if (status == CAIRO_STATUS_NO_MEMORY) code = ErrorCode::no_space;
  if (status == CAIRO_STATUS_FILE_NOT_FOUND) code = ErrorCode::not_found;
  fail(code, "{}: {}", subject, cairo_status_to_string(status));
}

void require_fonts() {
  PangoFontFamily** families = nullptr;
  int count = 0;
  pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &count);
  g_free(families);
  if (count == 0) {
    fail(ErrorCode::not_found, "drawing names: expected fonts, found none; install some (Debian: fonts-noto-core)");
  }
}

}  // namespace

struct Canvas::State {
  Owned<cairo_surface_t> surface;
  Owned<cairo_t> context;
  std::size_t width;
  std::size_t height;
  std::string name;  // for messages

  State(cairo_surface_t* made, std::size_t w, std::size_t h, std::string called)
      : surface(made), width(w), height(h), name(std::move(called)) {
    check(cairo_surface_status(surface.get()), name);
    require_fonts();
    context.reset(cairo_create(surface.get()));
    check(cairo_status(context.get()), name);
  }

  void colour(Colour c, double opacity) const {
    cairo_set_source_rgba(context.get(), double{c.red}, double{c.green}, double{c.blue}, opacity);
  }

  Owned<PangoLayout> laid_out(std::string_view text, const TextStyle& style) const {
    Owned<PangoLayout> layout(pango_cairo_create_layout(context.get()));
    const Owned<PangoFontDescription> font(pango_font_description_from_string(kFamilies));
    pango_font_description_set_absolute_size(font.get(), style.pixels * PANGO_SCALE);
    pango_font_description_set_weight(font.get(), style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_alignment(layout.get(), PANGO_ALIGN_CENTER);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    if (style.wrap > 0) {
      int natural = 0;
      pango_layout_get_size(layout.get(), &natural, nullptr);
      if (natural > style.wrap * PANGO_SCALE) {
        pango_layout_set_width(layout.get(), static_cast<int>(style.wrap * PANGO_SCALE));
        pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD);
      }
    }
    return layout;
  }
};

namespace {

// The bounds of the text in pixels relative to the layout's origin, including the halo.
struct Box {
  double x, y, width, height;
};
Box box_of(PangoLayout* layout, const TextStyle& style) {
  PangoRectangle ink;
  PangoRectangle line;
  pango_layout_get_extents(layout, &ink, &line);
  // Marks of some scripts extend beyond the line.
  const double left = std::min(ink.x, line.x);
  const double top = std::min(ink.y, line.y);
  const double right = std::max(ink.x + ink.width, line.x + line.width);
  const double bottom = std::max(ink.y + ink.height, line.y + line.height);
  const double halo = style.halo_width;
  return {left / PANGO_SCALE - halo, top / PANGO_SCALE - halo, (right - left) / PANGO_SCALE + 2 * halo,
          (bottom - top) / PANGO_SCALE + 2 * halo};
}

}  // namespace

Canvas::Canvas(std::unique_ptr<State> state) : state_(std::move(state)) {}
Canvas::Canvas(Canvas&&) noexcept = default;
Canvas& Canvas::operator=(Canvas&&) noexcept = default;
Canvas::~Canvas() = default;

Canvas Canvas::of_pixels(std::size_t width, std::size_t height) {
  cairo_surface_t* surface =
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width), static_cast<int>(height));
  return Canvas(std::make_unique<State>(surface, width, height, "picture"));
}

Canvas Canvas::of_svg(const fs::path& file, std::size_t width, std::size_t height) {
  cairo_surface_t* surface =
      cairo_svg_surface_create(file.c_str(), static_cast<double>(width), static_cast<double>(height));
  if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS) {
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
  }
  return Canvas(std::make_unique<State>(surface, width, height, file.string()));
}

TextExtent Canvas::measure(std::string_view text, const TextStyle& style) const {
  const auto layout = state_->laid_out(text, style);
  const Box box = box_of(layout.get(), style);
  return {box.width, box.height, static_cast<std::uint32_t>(pango_layout_get_unknown_glyphs_count(layout.get()))};
}

ShapedText Canvas::shape(std::string_view text, const TextStyle& style) const {
  const auto layout = state_->laid_out(text, style);
  ShapedText shaped;
  bool first = true;
  const Owned<PangoLayoutIter> iterator(pango_layout_get_iter(layout.get()));
  do {
    const PangoLayoutRun* run = pango_layout_iter_get_run_readonly(iterator.get());
    if (run == nullptr) continue;
    shaped.glyphs += static_cast<std::uint32_t>(run->glyphs->num_glyphs);
    if (first) shaped.right_to_left = run->item->analysis.level % 2 == 1;
    first = false;
  } while (pango_layout_iter_next_run(iterator.get()) != FALSE);
  return shaped;
}

void Canvas::fill(Colour colour, double opacity) {
  state_->colour(colour, opacity);
  cairo_paint(state_->context.get());
}

void Canvas::picture(const Raster& raster) {
  const auto side = static_cast<int>(raster.side);
  const Owned<cairo_surface_t> image(cairo_image_surface_create(CAIRO_FORMAT_RGB24, side, side));
  check(cairo_surface_status(image.get()), state_->name);
  unsigned char* bytes = cairo_image_surface_get_data(image.get());
  const int stride = cairo_image_surface_get_stride(image.get());
  for (std::size_t row = 0; row < raster.side; ++row) {
    std::memcpy(bytes + static_cast<std::ptrdiff_t>(row) * stride, raster.pixels.data() + row * raster.side,
                raster.side * sizeof(std::uint32_t));
  }
  cairo_surface_mark_dirty(image.get());
  cairo_set_source_surface(state_->context.get(), image.get(), 0, 0);
  cairo_paint(state_->context.get());
}

void Canvas::text(std::string_view text, const TextStyle& style, layout::Point centre) {
  cairo_t* context = state_->context.get();
  const auto layout = state_->laid_out(text, style);
  const Box box = box_of(layout.get(), style);
  const auto begin = [&] {
    cairo_new_path(context);
    cairo_move_to(context, double{centre.x} - box.x - box.width / 2, double{centre.y} - box.y - box.height / 2);
  };
  if (style.halo_width > 0) {
    begin();
    pango_cairo_layout_path(context, layout.get());
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(context, 2 * style.halo_width);
    state_->colour(style.halo, 0.8 * style.opacity);
    cairo_stroke(context);
  }
  begin();
  state_->colour(style.fill, style.opacity);
  pango_cairo_show_layout(context, layout.get());
  cairo_new_path(context);
}

void Canvas::disc(layout::Point centre, double radius, Colour colour, double opacity) {
  state_->colour(colour, opacity);
  cairo_new_path(state_->context.get());
  cairo_arc(state_->context.get(), double{centre.x}, double{centre.y}, radius, 0, 2 * G_PI);
  cairo_fill(state_->context.get());
}

void Canvas::ring(layout::Point centre, double radius, double width, Colour colour, double opacity) {
  state_->colour(colour, opacity);
  cairo_new_path(state_->context.get());
  cairo_set_line_width(state_->context.get(), width);
  cairo_arc(state_->context.get(), double{centre.x}, double{centre.y}, radius, 0, 2 * G_PI);
  cairo_stroke(state_->context.get());
}

namespace {

void add_rings(cairo_t* context, std::span<const std::vector<layout::Point>> rings) {
  cairo_new_path(context);
  for (const std::vector<layout::Point>& ring : rings) {
    for (const layout::Point point : ring) cairo_line_to(context, double{point.x}, double{point.y});
    cairo_close_path(context);
    cairo_new_sub_path(context);
  }
}

}  // namespace

void Canvas::area(std::span<const std::vector<layout::Point>> rings, Colour colour, double opacity) {
  state_->colour(colour, opacity);
  add_rings(state_->context.get(), rings);
  cairo_set_fill_rule(state_->context.get(), CAIRO_FILL_RULE_EVEN_ODD);
  cairo_fill(state_->context.get());
}

void Canvas::outline(std::span<const std::vector<layout::Point>> rings, double width, Colour colour, double opacity) {
  state_->colour(colour, opacity);
  add_rings(state_->context.get(), rings);
  cairo_set_line_join(state_->context.get(), CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width(state_->context.get(), width);
  cairo_stroke(state_->context.get());
}

void Canvas::line(layout::Point from, layout::Point to, double width, Colour colour, double opacity) {
  state_->colour(colour, opacity);
  cairo_new_path(state_->context.get());
  cairo_set_line_width(state_->context.get(), width);
  cairo_move_to(state_->context.get(), double{from.x}, double{from.y});
  cairo_line_to(state_->context.get(), double{to.x}, double{to.y});
  cairo_stroke(state_->context.get());
}

namespace {

Raster raster_of(cairo_surface_t* surface, std::size_t side) {
  cairo_surface_flush(surface);
  const unsigned char* bytes = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  Raster raster{side, std::vector<std::uint32_t>(side * side)};
  for (std::size_t row = 0; row < side; ++row) {
    std::memcpy(raster.pixels.data() + row * side, bytes + static_cast<std::ptrdiff_t>(row) * stride,
                side * sizeof(std::uint32_t));
  }
  for (std::uint32_t& pixel : raster.pixels) pixel &= 0xFFFFFFU;
  return raster;
}

}  // namespace

Raster Canvas::pixels() const {
  SEGUE_ASSERT(state_->width == state_->height);
  return raster_of(state_->surface.get(), state_->width);
}

void Canvas::write_png(const fs::path& file) const {
  check(cairo_surface_write_to_png(state_->surface.get(), file.c_str()), file.string());
}

void Canvas::close() {
  cairo_surface_finish(state_->surface.get());
  check(cairo_status(state_->context.get()), state_->name);
  check(cairo_surface_status(state_->surface.get()), state_->name);
}

Raster read_png(const fs::path& file) {
  const Owned<cairo_surface_t> surface(cairo_image_surface_create_from_png(file.c_str()));
  if (cairo_surface_status(surface.get()) == CAIRO_STATUS_READ_ERROR) {
    fail(ErrorCode::corrupt, "{}: expected a PNG picture, found other bytes", file.string());
  }
  check(cairo_surface_status(surface.get()), file.string());
  SEGUE_ASSERT(cairo_image_surface_get_width(surface.get()) == cairo_image_surface_get_height(surface.get()));
  return raster_of(surface.get(), static_cast<std::size_t>(cairo_image_surface_get_width(surface.get())));
}

}  // namespace segue::draw
