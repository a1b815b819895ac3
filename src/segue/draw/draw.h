// The map as a picture: points, the names of regions, and a user's songs with what is recommended from them.
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
#include "segue/layout/region_contours.h"
#include "segue/layout/song_map.h"

namespace segue::draw {

// Songs to highlight on the map, and their nearest neighbours.
struct Highlight {
  std::vector<std::uint32_t> songs;       // played by a user
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

// Draws one map, whose points are painted once for all files. Not thread safe. Keeps references.
class MapDrawing {
 public:
  MapDrawing(const layout::SongMap& map, const data::Catalogue& songs, const DrawOptions& options);

  // The names that fit and their places, large regions first.
  const std::vector<PlacedLabel>& labels() const { return labels_; }

  // The map with its names or, from step 2 on, a highlight's steps up to `step`, 1 ... kSteps.
  Raster picture() const;
  Raster step(const Highlight& highlight, int step) const;

  // Files appear complete or not at all. Throws not_found, wrong_use, no_space, io_failed.
  void write_png(const std::filesystem::path& file) const;
  void write_png(const std::filesystem::path& file, const Highlight& highlight) const;
  void write_svg(const std::filesystem::path& file) const;
  void write_svg(const std::filesystem::path& file, const Highlight& highlight) const;
  // Writes step-1.png ... to a new folder, which replaces an older one of the same kind.
  void write_frames(const std::filesystem::path& folder, const Highlight& highlight) const;
  // The steps in a loop, each fading into the next.
  void write_webp(const std::filesystem::path& file, const Highlight& highlight) const;

 private:
  void find_labels();
  void paint_contours(Canvas& canvas) const;
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
  std::vector<layout::Contour> contours_;  // in pixels
  std::vector<PlacedLabel> labels_;
};

// A line "id,title,artist,x,y,region" for each song, quoted by RFC 4180; region: the names of the regions around it,
// largest first, separated by " / ".
void write_map_csv(const std::filesystem::path& file, const layout::SongMap& map, const data::Catalogue& songs);

}  // namespace segue::draw
