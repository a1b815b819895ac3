#include "segue/draw/draw.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/folder.h"
#include "segue/base/words.h"

namespace segue::draw {

namespace fs = std::filesystem;

namespace {

// Smaller letters are unreadable.
constexpr double kLeastType = 7.5;

// The position of caption and legend, and the height of their type.
LabelBox bottom_strip(double side) {
  return {0, side * 0.965, side, side * 0.035};
}
double bottom_type(double side) {
  return std::max(side * 0.0105, 11.0);
}

std::string picture_title(const data::Song& song) {
  std::string text = song.display();
  constexpr std::size_t kMost = 48;
  std::size_t letters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U && ++letters > kMost) return text.substr(0, i) + "…";
  }
  return text;
}

// A long name on two lines, broken between its terms closest to the middle.
std::string in_lines(std::string name) {
  constexpr std::size_t kMostBytes = 14;
  constexpr std::string_view kSeparator = ", ";
  if (name.size() <= kMostBytes) return name;
  std::size_t best = name.npos;
  const auto off_middle = [&](std::size_t at) {
    return std::abs(static_cast<double>(at) - static_cast<double>(name.size()) / 2);
  };
  for (std::size_t at = name.find(kSeparator); at != name.npos; at = name.find(kSeparator, at + 1)) {
    if (best == name.npos || off_middle(at) < off_middle(best)) best = at;
  }
  if (best != name.npos) name[best + 1] = '\n';
  return name;
}

// The style of a region's name: larger for larger regions.
TextStyle style_of(const layout::Region& region, std::size_t songs, double side, Colour region_colour, MapTheme theme) {
  const ThemeColours& colours = colours_of(theme);
  const double share = std::sqrt(static_cast<double>(region.size) / static_cast<double>(songs));
  TextStyle style;
  style.halo = colours.paper;
  switch (region.level) {
    case 0:
      style.pixels = std::max(side * std::clamp(0.0085 + 0.026 * share, 0.0095, 0.019), kLeastType);
      style.bold = true;
      style.fill = mixed(colours.ink, region_colour, 0.12F);
      break;
    case 1:
      style.pixels = side * 0.0082;
      style.bold = true;
      style.fill = mixed(colours.ink, region_colour, theme == MapTheme::dark ? 0.45F : 0.35F);
      style.opacity = 0.95;
      break;
    default:
      style.pixels = side * 0.0064;
      style.fill = mixed(colours.ink, region_colour, theme == MapTheme::dark ? 0.5F : 0.3F);
      style.opacity = 0.85;
      break;
  }
  style.halo_width = style.pixels * 0.14;
  style.wrap = style.pixels * 13;
  return style;
}

}  // namespace

MapDrawing::MapDrawing(const layout::SongMap& map, const data::Catalogue& songs, const DrawOptions& options)
    : map_(map), songs_(songs), options_(options), frame_(picture_of(map.layout, options.size)) {
  ColouredSongs coloured = colour_songs(map, songs, options.colour, options.theme);
  legend_ = std::move(coloured.legend);
  points_ = paint_points(map.layout, coloured.dots, frame_, options.size, options.theme);
  contours_ = layout::region_contours(map);
  for (layout::Contour& contour : contours_) {
    for (std::vector<layout::Point>& ring : contour.rings) {
      std::ranges::transform(ring, ring.begin(), [&](layout::Point point) { return frame_.pixel_of(point); });
    }
  }
  if (options.labels) find_labels();
}

void MapDrawing::find_labels() {
  const auto side = static_cast<double>(options_.size);
  const auto palette = palette_of(options_.theme);
  const std::vector<std::size_t> colour = colour_regions(map_.regions, palette.size());
  const Canvas canvas = Canvas::of_pixels(1, 1);
  std::vector<std::size_t> order;
  for (std::size_t region = 0; region < map_.regions.size(); ++region) {
    if (!map_.regions[region].label.empty()) order.push_back(region);
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    const layout::Region& one = map_.regions[a];
    const layout::Region& other = map_.regions[b];
    return one.level != other.level ? one.level < other.level : one.size > other.size;
  });
  std::vector<LabelWish> wishes;
  std::vector<PlacedLabel> labels;
  for (const std::size_t number : order) {
    const layout::Region& region = map_.regions[number];
    const Colour own = options_.colour == MapColour::cluster ? palette[colour[number]] : colours_of(options_.theme).ink;
    PlacedLabel label{in_lines(region.label), style_of(region, map_.layout.size(), side, own, options_.theme), {}, 0};
    const TextExtent extent = canvas.measure(label.text, label.style);
    label.missing = extent.missing;
    if (label.style.pixels < kLeastType) continue;
    // The radius of a disc with as many songs if the map were filled evenly.
    const double radius =
        side * 0.4 * std::sqrt(static_cast<double>(region.size) / static_cast<double>(map_.layout.size()));
    wishes.push_back({frame_.pixel_of(region.centre), extent.width, extent.height, radius * 0.8});
    labels.push_back(std::move(label));
  }
  const std::vector<LabelBox> taken = {bottom_strip(side)};
  const auto boxes = place_labels(wishes, side, taken);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (!boxes[i]) continue;
    labels[i].box = *boxes[i];
    labels_.push_back(std::move(labels[i]));
  }
}

// Over the points, so faint that they show through: a wash that deepens towards the core, and a line around it.
void MapDrawing::paint_contours(Canvas& canvas) const {
  const auto palette = palette_of(options_.theme);
  const std::vector<std::size_t> colour = colour_regions(map_.regions, palette.size());
  const ThemeColours& colours = colours_of(options_.theme);
  const double width = static_cast<double>(options_.size) / 1400;
  for (const layout::Contour& contour : contours_) {
    const bool own = options_.colour == MapColour::cluster;
    const Colour ink = own ? palette[colour[static_cast<std::size_t>(contour.region)]] : colours.dim;
    canvas.area(contour.rings, ink, options_.theme == MapTheme::dark ? 0.055 : 0.06);
    const bool outermost = contour.part == 0;
    canvas.outline(contour.rings, outermost ? 1.5 * width : width, mixed(ink, colours.ink, 0.15F),
                   outermost ? 0.5 : 0.22);
  }
}

void MapDrawing::paint_caption(Canvas& canvas, std::string_view text) const {
  const auto side = static_cast<double>(options_.size);
  TextStyle style;
  style.pixels = bottom_type(side);
  style.fill = colours_of(options_.theme).dim;
  style.halo = colours_of(options_.theme).paper;
  style.halo_width = style.pixels * 0.15;
  const TextExtent extent = canvas.measure(text, style);
  canvas.text(
      text, style,
      {static_cast<float>(side * 0.018 + extent.width / 2), static_cast<float>(side * 0.982 - style.pixels / 2)});
}

void MapDrawing::paint_legend(Canvas& canvas) const {
  const auto side = static_cast<double>(options_.size);
  TextStyle style;
  style.pixels = bottom_type(side);
  style.fill = colours_of(options_.theme).ink;
  double right = side * 0.982;
  const auto y = static_cast<float>(side * 0.982 - style.pixels / 2);
  for (auto entry = legend_.rbegin(); entry != legend_.rend(); ++entry) {
    const TextExtent extent = canvas.measure(entry->text, style);
    canvas.text(entry->text, style, {static_cast<float>(right - extent.width / 2), y});
    right -= extent.width + style.pixels * 0.8;
    canvas.disc({static_cast<float>(right), y}, style.pixels * 0.42, entry->colour);
    right -= style.pixels * 1.6;
  }
}

void MapDrawing::paint(Canvas& canvas) const {
  canvas.picture(points_);
  paint_contours(canvas);
  for (auto label = labels_.rbegin(); label != labels_.rend(); ++label) {
    canvas.text(label->text, label->style, label->box.centre());
  }
  paint_caption(canvas, fmt::format("{} songs; near each other: played in the same surroundings",
                                    with_commas(map_.layout.size())));
  paint_legend(canvas);
}

void MapDrawing::paint_step(Canvas& canvas, const Highlight& highlight, int step) const {
  const ThemeColours& colours = colours_of(options_.theme);
  const auto side = static_cast<double>(options_.size);
  const double dot = std::max(side * 0.0042, 2.5);
  canvas.picture(points_);
  paint_contours(canvas);
  canvas.fill(colours.paper, step == 1 ? 0.0 : 0.62);
  for (auto label = labels_.rbegin(); label != labels_.rend(); ++label) {
    TextStyle style = label->style;
    if (step > 1) style.opacity *= 0.35;
    if (step == 1 || style.bold) canvas.text(label->text, style, label->box.centre());
  }
  static constexpr std::string_view kCaptions[kSteps] = {
      "1  Every song has a place; songs played in the same surroundings lie near each other",
      "2  The songs somebody played", "3  The mean of their vectors", "4  The songs nearest to the mean"};
  paint_caption(canvas, kCaptions[step - 1]);  // NOLINT(clang-analyzer-security.ArrayBound): step is 1 to kSteps
  if (step == 1) return;

  const layout::Point mean = frame_.pixel_of(highlight.mean);
  if (step >= 3) {
    for (const std::uint32_t song : highlight.songs) {
      canvas.line(frame_.pixel_of(map_.layout[song]), mean, dot * 0.3, colours.played, 0.55);
    }
  }
  std::vector<LabelWish> wishes;
  std::vector<std::string> texts;
  std::vector<Colour> fills;
  std::vector<LabelBox> taken = {bottom_strip(side)};
  TextStyle style;
  style.pixels = std::max(side * 0.0098, 10.0);
  style.bold = true;
  style.halo = colours.paper;
  style.halo_width = style.pixels * 0.2;
  const auto mark = [&](std::uint32_t song, Colour colour) {
    const layout::Point at = frame_.pixel_of(map_.layout[song]);
    canvas.disc(at, dot * 1.45, colours.paper, 0.9);
    canvas.disc(at, dot, colour);
    taken.push_back({double{at.x} - dot, double{at.y} - dot, 2 * dot, 2 * dot});
    texts.push_back(picture_title(songs_.song(song)));
    fills.push_back(colour);
    const TextExtent extent = canvas.measure(texts.back(), style);
    wishes.push_back({{at.x, static_cast<float>(double{at.y} - dot - extent.height * 0.6)},
                      extent.width,
                      extent.height,
                      side * 0.06});
  };
  if (step >= 4) {
    for (const std::uint32_t song : highlight.neighbours) mark(song, colours.found);
  }
  for (const std::uint32_t song : highlight.songs) mark(song, colours.played);
  if (step >= 3) {
    canvas.disc(mean, dot * 2.4, colours.paper, 0.9);
    canvas.ring(mean, dot * 1.9, dot * 0.55, colours.found);
    canvas.disc(mean, dot * 0.8, colours.found);
    taken.push_back({double{mean.x} - dot * 2, double{mean.y} - dot * 2, dot * 4, dot * 4});
  }
  // Songs played are named first, so that their names stay in place from step to step.
  std::ranges::reverse(wishes);
  std::ranges::reverse(texts);
  std::ranges::reverse(fills);
  const auto boxes = place_labels(wishes, side, taken);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (!boxes[i]) continue;
    style.fill = fills[i];
    canvas.text(texts[i], style, boxes[i]->centre());
  }
}

Raster MapDrawing::picture() const {
  Canvas canvas = Canvas::of_pixels(options_.size, options_.size);
  paint(canvas);
  return canvas.pixels();
}

Raster MapDrawing::step(const Highlight& highlight, int step) const {
  Canvas canvas = Canvas::of_pixels(options_.size, options_.size);
  paint_step(canvas, highlight, step);
  return canvas.pixels();
}

void MapDrawing::write_png(const fs::path& file) const {
  AtomicFile target(file);
  Canvas canvas = Canvas::of_pixels(options_.size, options_.size);
  paint(canvas);
  canvas.write_png(target.path());
  target.commit();
}

void MapDrawing::write_png(const fs::path& file, const Highlight& highlight) const {
  AtomicFile target(file);
  Canvas canvas = Canvas::of_pixels(options_.size, options_.size);
  paint_step(canvas, highlight, kSteps);
  canvas.write_png(target.path());
  target.commit();
}

void MapDrawing::write_svg(const fs::path& file) const {
  AtomicFile target(file);
  Canvas canvas = Canvas::of_svg(target.path(), options_.size, options_.size);
  paint(canvas);
  canvas.close();
  target.commit();
}

void MapDrawing::write_svg(const fs::path& file, const Highlight& highlight) const {
  AtomicFile target(file);
  Canvas canvas = Canvas::of_svg(target.path(), options_.size, options_.size);
  paint_step(canvas, highlight, kSteps);
  canvas.close();
  target.commit();
}

void MapDrawing::write_frames(const fs::path& folder, const Highlight& highlight) const {
  std::vector<std::string> frames;
  for (int step = 1; step <= kSteps; ++step) frames.push_back(fmt::format("step-{}.png", step));
  FolderWriter writer(folder, exactly_files(frames));
  for (int step = 1; step <= kSteps; ++step) {
    Canvas canvas = Canvas::of_pixels(options_.size, options_.size);
    paint_step(canvas, highlight, step);
    canvas.write_png(writer.path() / frames[static_cast<std::size_t>(step) - 1]);
  }
  writer.commit();
}

}  // namespace segue::draw
