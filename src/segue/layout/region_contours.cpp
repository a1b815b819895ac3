#include "segue/layout/region_contours.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "segue/layout/density.h"
#include "segue/layout/map_fields.h"

namespace segue::layout {

namespace {

constexpr std::size_t kSide = 256;       // cells of the grid
constexpr float kContourMargin = 0.06F;  // of the map's width, so that contours close inside the grid
constexpr double kSmoothing = 0.0085;    // standard deviation, as a fraction of the grid's width
constexpr float kTolerance = 0.16F;      // of a cell, for simplified lines
constexpr float kLeastArea = 6;          // cells; smaller rings are specks

struct GridPoint {
  float x = 0;
  float y = 0;
};
using Ring = std::vector<GridPoint>;

// The density that `part` of the songs exceed, from the densities at the songs.
float level_of(std::vector<float>& at_songs, double part) {
  const auto place = static_cast<std::size_t>((1 - part) * static_cast<double>(at_songs.size()));
  const auto nth = at_songs.begin() + static_cast<std::ptrdiff_t>(std::min(place, at_songs.size() - 1));
  std::ranges::nth_element(at_songs, nth);
  return *nth;
}

// Marching squares: each square of four cells' centres gives up to two pieces of line, from edge to edge, with the
// higher side on the left. An edge is a number: 2 * cell for the one to the right, 2 * cell + 1 for the one upwards.
class Tracer {
 public:
  Tracer(const std::vector<float>& grid, float level) : grid_(grid), level_(level) {
    for (std::size_t row = 0; row + 1 < kSide; ++row) {
      for (std::size_t column = 0; column + 1 < kSide; ++column) square(row * kSide + column);
    }
  }

  std::vector<Ring> rings() {
    std::vector<Ring> all;
    while (!next_.empty()) {
      Ring ring;
      std::size_t edge = next_.begin()->first;
      for (auto found = next_.find(edge); found != next_.end(); found = next_.find(edge)) {
        ring.push_back(crossing(edge));
        edge = found->second;
        next_.erase(found);
      }
      all.push_back(std::move(ring));
    }
    return all;
  }

 private:
  void square(std::size_t cell) {
    const bool low_left = grid_[cell] > level_;
    const bool low_right = grid_[cell + 1] > level_;
    const bool top_left = grid_[cell + kSide] > level_;
    const bool top_right = grid_[cell + kSide + 1] > level_;
    const std::size_t bottom = 2 * cell;
    const std::size_t left = 2 * cell + 1;
    const std::size_t right = 2 * (cell + 1) + 1;
    const std::size_t top = 2 * (cell + kSide);
    const int corners = (low_left ? 1 : 0) + (low_right ? 2 : 0) + (top_right ? 4 : 0) + (top_left ? 8 : 0);
    switch (corners) {
      case 1:
        next_[bottom] = left;
        break;
      case 2:
        next_[right] = bottom;
        break;
      case 3:
        next_[right] = left;
        break;
      case 4:
        next_[top] = right;
        break;
      case 5:
        next_[bottom] = left, next_[top] = right;
        break;
      case 6:
        next_[top] = bottom;
        break;
      case 7:
        next_[top] = left;
        break;
      case 8:
        next_[left] = top;
        break;
      case 9:
        next_[bottom] = top;
        break;
      case 10:
        next_[right] = bottom, next_[left] = top;
        break;
      case 11:
        next_[right] = top;
        break;
      case 12:
        next_[left] = right;
        break;
      case 13:
        next_[bottom] = right;
        break;
      case 14:
        next_[left] = bottom;
        break;
      default:
        break;
    }
  }

  // Where the line crosses an edge, in cells.
  GridPoint crossing(std::size_t edge) const {
    const std::size_t cell = edge / 2;
    const bool upwards = edge % 2 == 1;
    const float from = grid_[cell];
    const float to = grid_[cell + (upwards ? kSide : 1)];
    const float part = (level_ - from) / (to - from);
    const std::size_t row = cell / kSide;
    const auto x = static_cast<float>(cell % kSide);
    const auto y = static_cast<float>(row);
    return upwards ? GridPoint{x, y + part} : GridPoint{x + part, y};
  }

  const std::vector<float>& grid_;
  float level_;
  std::map<std::size_t, std::size_t> next_;  // from edge to edge
};

float area_of(const Ring& ring) {
  float twice = 0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const GridPoint a = ring[i];
    const GridPoint b = ring[(i + 1) % ring.size()];
    twice += a.x * b.y - b.x * a.y;
  }
  return std::abs(twice) / 2;
}

float distance_from_line(GridPoint point, GridPoint a, GridPoint b) {
  const float dx = b.x - a.x;
  const float dy = b.y - a.y;
  const float length = std::hypot(dx, dy);
  if (length < 1e-6F) return std::hypot(point.x - a.x, point.y - a.y);
  return std::abs(dy * (point.x - a.x) - dx * (point.y - a.y)) / length;
}

// Douglas and Peucker's, without recursion; the ring is cut at its first point.
Ring simplified(const Ring& ring) {
  std::vector<bool> kept(ring.size());
  kept.front() = kept.back() = true;
  std::vector<std::pair<std::size_t, std::size_t>> open = {{0, ring.size() - 1}};
  while (!open.empty()) {
    const auto [first, last] = open.back();
    open.pop_back();
    std::size_t furthest = first;
    float most = kTolerance;
    for (std::size_t i = first + 1; i < last; ++i) {
      const float distance = distance_from_line(ring[i], ring[first], ring[last]);
      if (distance <= most) continue;
      most = distance;
      furthest = i;
    }
    if (furthest == first) continue;
    kept[furthest] = true;
    open.emplace_back(first, furthest);
    open.emplace_back(furthest, last);
  }
  Ring result;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    if (kept[i]) result.push_back(ring[i]);
  }
  return result;
}

}  // namespace

std::vector<Contour> region_contours(const SongMap& map) {
  std::vector<Contour> contours;
  if (map.layout.empty()) return contours;
  const GridFrame frame = frame_around(map.layout, kSide, kContourMargin);
  std::vector<std::vector<std::uint32_t>> cells(map.regions.size());  // of the songs of each region of level 0
  for (std::size_t song = 0; song < map.layout.size(); ++song) {
    const std::int32_t region = region_at(map.regions, map.region[song], 0);
    if (region == kNoRegion) continue;
    cells[static_cast<std::size_t>(region)].push_back(static_cast<std::uint32_t>(frame.cell_of(map.layout[song])));
  }
  for (std::size_t region = 0; region < cells.size(); ++region) {
    if (cells[region].empty()) continue;
    std::vector<float> grid(kSide * kSide);
    for (const std::uint32_t cell : cells[region]) ++grid[cell];
    smooth(grid, kSide, kSmoothing * static_cast<double>(kSide));
    std::vector<float> at_songs;
    for (const std::uint32_t cell : cells[region]) at_songs.push_back(grid[cell]);
    for (std::uint32_t part = 0; part < kContourParts.size(); ++part) {
      Contour contour{static_cast<std::int32_t>(region), part, {}};
      for (const Ring& ring : Tracer(grid, level_of(at_songs, kContourParts[part])).rings()) {
        if (ring.size() < 4 || area_of(ring) < kLeastArea) continue;
        std::vector<Point>& points = contour.rings.emplace_back();
        for (const GridPoint point : simplified(ring)) {
          points.push_back(
              {frame.origin.x + (point.x + 0.5F) * frame.cell, frame.origin.y + (point.y + 0.5F) * frame.cell});
        }
      }
      contours.push_back(std::move(contour));
    }
  }
  return contours;
}

std::vector<RegionReply> region_replies(const SongMap& map) {
  std::vector<RegionReply> replies;
  replies.reserve(map.regions.size());
  for (const Region& region : map.regions) {
    replies.push_back(
        {region.label, region.centre.x, region.centre.y, region.size, region.level, region.parent, region.source});
  }
  return replies;
}

std::vector<ContourReply> contour_replies(const SongMap& map) {
  std::vector<ContourReply> replies;
  for (const Contour& contour : region_contours(map)) {
    for (const std::vector<Point>& ring : contour.rings) {
      ContourReply& line = replies.emplace_back();
      line.region = contour.region;
      line.part = kContourParts[contour.part];
      for (const Point point : ring) {
        line.points.push_back(point.x);
        line.points.push_back(point.y);
      }
    }
  }
  return replies;
}

}  // namespace segue::layout
