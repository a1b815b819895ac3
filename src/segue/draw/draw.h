// The map as a picture: points, the names of regions, and what a user's songs lead to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/draw/canvas.h"
#include "segue/draw/dots.h"
#include "segue/draw/draw_options.h"
#include "segue/draw/labels.h"
#include "segue/draw/raster.h"
#include "segue/layout/song_map.h"

namespace segue::draw {

// Songs to show on the map, and what follows from them.
struct Highlight {
  std::vector<std::uint32_t> songs;       // what a user played
  layout::Point mean;                     // where the mean of their vectors lies
  std::vector<std::uint32_t> neighbours;  // the songs nearest to that mean, the nearest first
};

// The steps of the method: all songs, those played, their mean, its neighbours.
inline constexpr int kSteps = 4;

struct PlacedLabel {
  std::string text;
  TextStyle style;
  LabelBox box;
  std::uint32_t missing = 0;  // letters that no installed font has
};

// Draws one map; the points are painted once, whatever is drawn of them. Not thread safe. Keeps references.
class MapDrawing {
 public:
  MapDrawing(const layout::SongMap& map, const data::Catalogue& songs, const DrawOptions& options);

  // Names that fit, each with its place; the large regions' first.
  const std::vector<PlacedLabel>& labels() const { return labels_; }

  // The map with its names or, from step 2 on, a highlight's steps up to `step`, 1 ... kSteps.
  Raster picture() const;
  Raster step(const Highlight& highlight, int step) const;

  // Files appear whole or not at all. Throws not_found, wrong_use, no_space, io_failed.
  void write_png(const std::filesystem::path& file) const;
  void write_png(const std::filesystem::path& file, const Highlight& highlight) const;
  void write_svg(const std::filesystem::path& file) const;
  void write_svg(const std::filesystem::path& file, const Highlight& highlight) const;
  // step-1.png ... into a folder of its own, which replaces an older one of the same kind.
  void write_frames(const std::filesystem::path& folder, const Highlight& highlight) const;
  // The steps one after another, faded into each other, for ever.
  void write_webp(const std::filesystem::path& file, const Highlight& highlight) const;

 private:
  void find_labels();
  void paint(Canvas& canvas) const;
  void paint_step(Canvas& canvas, const Highlight& highlight, int step) const;
  void paint_caption(Canvas& canvas, std::string_view text) const;
  void paint_legend(Canvas& canvas) const;

  const layout::SongMap& map_;
  const data::Catalogue& songs_;
  DrawOptions options_;
  PictureFrame frame_;
  std::vector<LegendEntry> legend_;
  Raster points_;
  std::vector<PlacedLabel> labels_;
};

// "id,title,artist,x,y,region" a song, quoted as RFC 4180 says; region: the names of the regions around it, the
// largest first, with " / " between.
void write_map_csv(const std::filesystem::path& file, const layout::SongMap& map, const data::Catalogue& songs);

}  // namespace segue::draw
