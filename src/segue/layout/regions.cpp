#include "segue/layout/regions.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "segue/base/error.h"
#include "segue/layout/density.h"

namespace segue::layout {

namespace {

// Some dozens of cells per song, and enough that the smoothing of the finest level spans several cells.
std::size_t side_for(std::size_t songs) {
  const auto wanted = static_cast<std::size_t>(8 * std::sqrt(static_cast<double>(songs)));
  return std::clamp<std::size_t>(std::bit_ceil(wanted), 256, 2048);
}

constexpr float kMarginOfGrid = 0.02F;

// The hills of a density: the number of each cell's hill, kNoRegion if no song is near.
struct Hills {
  std::vector<std::int32_t> of_cell;
  std::vector<std::size_t> peaks;  // the densest cell of each hill
};

// Union-find over cells; the root of a tree is the hill's peak.
class HillForest {
 public:
  explicit HillForest(std::size_t cells) : parent_(cells, kNone) {}

  static constexpr std::uint32_t kNone = UINT32_MAX;
  bool has(std::size_t cell) const { return parent_[cell] != kNone; }
  void add(std::size_t cell, std::size_t to) { parent_[cell] = static_cast<std::uint32_t>(to); }

  std::size_t root(std::size_t cell) {
    std::size_t top = cell;
    while (parent_[top] != top) top = parent_[top];
    while (parent_[cell] != top) cell = std::exchange(parent_[cell], static_cast<std::uint32_t>(top));
    return top;
  }

 private:
  std::vector<std::uint32_t> parent_;
};

std::vector<std::uint32_t> cells_from_dense_to_thin(const std::vector<float>& density, float least) {
  std::vector<std::uint32_t> cells;
  for (std::size_t cell = 0; cell < density.size(); ++cell) {
    if (density[cell] > least) cells.push_back(static_cast<std::uint32_t>(cell));
  }
  std::ranges::sort(cells, [&](std::uint32_t a, std::uint32_t b) {
    return density[a] != density[b] ? density[a] > density[b] : a < b;
  });
  return cells;
}

// Calls visit(neighbour) for the up to eight cells around one.
template <class Visit>
void around(std::size_t cell, std::size_t side, Visit&& visit) {
  const std::size_t row = cell / side;
  const std::size_t column = cell % side;
  for (std::size_t r = row > 0 ? row - 1 : 0; r <= std::min(row + 1, side - 1); ++r) {
    for (std::size_t c = column > 0 ? column - 1 : 0; c <= std::min(column + 1, side - 1); ++c) {
      if (r != row || c != column) visit(r * side + c);
    }
  }
}

Hills hills_of(const std::vector<float>& density, std::size_t side, double prominence, float least) {
  HillForest forest(density.size());
  const std::vector<std::uint32_t> cells = cells_from_dense_to_thin(density, least);
  for (const std::uint32_t cell : cells) {
    std::size_t uphill = cell;
    around(cell, side, [&](std::size_t next) {
      if (forest.has(next) && (uphill == cell || density[next] > density[uphill])) uphill = next;
    });
    forest.add(cell, uphill);
    if (uphill == cell) continue;  // a new peak
    // The cell is a saddle between its own hill and every other adjacent one.
    around(cell, side, [&](std::size_t next) {
      if (!forest.has(next)) return;
      std::size_t higher = forest.root(cell);
      std::size_t lower = forest.root(next);
      if (higher == lower) return;
      if (density[lower] > density[higher] || (density[lower] == density[higher] && lower < higher)) {
        std::swap(higher, lower);
      }
      if (density[lower] - density[cell] < prominence * density[lower]) forest.add(lower, higher);
    });
  }
  Hills hills{std::vector<std::int32_t>(density.size(), kNoRegion), {}};
  for (const std::uint32_t cell : cells) {
    const std::size_t peak = forest.root(cell);
    // A peak is the densest of its hill, so it comes before all its other cells.
    if (peak == cell) {
      hills.of_cell[cell] = static_cast<std::int32_t>(hills.peaks.size());
      hills.peaks.push_back(cell);
    }
    hills.of_cell[cell] = hills.of_cell[peak];
  }
  return hills;
}

// The regions of one level, without parents yet.
struct Level {
  std::vector<std::int32_t> of_song;
  std::vector<Point> peaks;
};

Level find_level(const Layout& layout, const GridFrame& frame, const std::vector<float>& counts, double sigma,
                 double prominence, std::size_t least_songs) {
  std::vector<float> density = counts;
  smooth(density, frame.side, sigma);
  // Far from all songs, the smoothed density is rounding error.
  const float highest = *std::ranges::max_element(density);
  const Hills hills = hills_of(density, frame.side, prominence, highest * 1e-6F);

  std::vector<std::size_t> sizes(hills.peaks.size());
  for (const Point point : layout) {
    const std::int32_t hill = hills.of_cell[frame.cell_of(point)];
    if (hill != kNoRegion) ++sizes[static_cast<std::size_t>(hill)];
  }
  std::vector<std::int32_t> kept(hills.peaks.size(), kNoRegion);
  Level level;
  for (std::size_t hill = 0; hill < sizes.size(); ++hill) {
    if (sizes[hill] < least_songs) continue;
    kept[hill] = static_cast<std::int32_t>(level.peaks.size());
    level.peaks.push_back(frame.centre_of(hills.peaks[hill]));
  }
  level.of_song.reserve(layout.size());
  for (const Point point : layout) {
    const std::int32_t hill = hills.of_cell[frame.cell_of(point)];
    level.of_song.push_back(hill == kNoRegion ? kNoRegion : kept[static_cast<std::size_t>(hill)]);
  }
  return level;
}

// For each fine region, the coarse region with most of its songs; kNoRegion if most are in none.
std::vector<std::int32_t> parents_of(const Level& fine, const Level& coarse) {
  const std::size_t columns = coarse.peaks.size() + 1;  // the last: in none
  std::vector<std::uint32_t> shared(fine.peaks.size() * columns);
  for (std::size_t song = 0; song < fine.of_song.size(); ++song) {
    if (fine.of_song[song] == kNoRegion) continue;
    const std::int32_t of = coarse.of_song[song];
    const std::size_t column = of == kNoRegion ? columns - 1 : static_cast<std::size_t>(of);
    ++shared[static_cast<std::size_t>(fine.of_song[song]) * columns + column];
  }
  std::vector<std::int32_t> parents;
  for (std::size_t region = 0; region < fine.peaks.size(); ++region) {
    const auto begin = shared.begin() + static_cast<std::ptrdiff_t>(region * columns);
    const auto best = std::max_element(begin, begin + static_cast<std::ptrdiff_t>(columns)) - begin;
    parents.push_back(best == static_cast<std::ptrdiff_t>(columns - 1) ? kNoRegion : static_cast<std::int32_t>(best));
  }
  return parents;
}

// A region whose songs are mostly in no region of the level before moves up to that level, so that levels nest.
void lift_orphans(Level& coarse, const Level& fine, std::vector<std::int32_t>& parents) {
  for (std::size_t region = 0; region < parents.size(); ++region) {
    if (parents[region] != kNoRegion) continue;
    parents[region] = static_cast<std::int32_t>(coarse.peaks.size());
    coarse.peaks.push_back(fine.peaks[region]);
    for (std::size_t song = 0; song < fine.of_song.size(); ++song) {
      const bool of_region = fine.of_song[song] == static_cast<std::int32_t>(region);
      if (of_region && coarse.of_song[song] == kNoRegion) coarse.of_song[song] = parents[region];
    }
  }
}

// A song on a hill that is too small goes to the nearest finer region of the region it is in; a region without finer
// ones becomes one itself.
void fill_gaps(Level& fine, const Level& coarse, std::vector<std::int32_t>& parents, const Layout& layout) {
  std::vector<std::vector<std::int32_t>> children(coarse.peaks.size());
  for (std::size_t region = 0; region < parents.size(); ++region) {
    children[static_cast<std::size_t>(parents[region])].push_back(static_cast<std::int32_t>(region));
  }
  for (std::size_t region = 0; region < children.size(); ++region) {
    if (!children[region].empty()) continue;
    children[region].push_back(static_cast<std::int32_t>(fine.peaks.size()));
    fine.peaks.push_back(coarse.peaks[region]);
    parents.push_back(static_cast<std::int32_t>(region));
  }
  for (std::size_t song = 0; song < layout.size(); ++song) {
    if (fine.of_song[song] != kNoRegion || coarse.of_song[song] == kNoRegion) continue;
    float least = std::numeric_limits<float>::infinity();
    for (const std::int32_t child : children[static_cast<std::size_t>(coarse.of_song[song])]) {
      const Point peak = fine.peaks[static_cast<std::size_t>(child)];
      const float dx = peak.x - layout[song].x;
      const float dy = peak.y - layout[song].y;
      if (dx * dx + dy * dy >= least) continue;
      least = dx * dx + dy * dy;
      fine.of_song[song] = child;
    }
  }
}

// Drops regions that lost all their songs when their finer regions moved to another parent.
void drop_empty(SongMap& map) {
  std::vector<std::int32_t> renumbered(map.regions.size(), kNoRegion);
  std::vector<Region> kept;
  for (std::size_t region = 0; region < map.regions.size(); ++region) {
    if (map.regions[region].size == 0) continue;
    renumbered[region] = static_cast<std::int32_t>(kept.size());
    kept.push_back(std::move(map.regions[region]));
    std::int32_t& parent = kept.back().parent;
    if (parent != kNoRegion) parent = renumbered[static_cast<std::size_t>(parent)];
  }
  for (std::int32_t& region : map.region) {
    if (region != kNoRegion) region = renumbered[static_cast<std::size_t>(region)];
  }
  map.regions = std::move(kept);
}

}  // namespace

SongMap find_regions(Layout layout, const RegionOptions& options) {
  SEGUE_ASSERT(options.levels > 0);
  SongMap map;
  map.layout = std::move(layout);
  map.region.assign(map.layout.size(), kNoRegion);
  if (map.layout.empty()) return map;
  const GridFrame frame = frame_around(map.layout, side_for(map.layout.size()), kMarginOfGrid);
  const std::vector<float> counts = count_cells(map.layout, frame);

  std::vector<Level> levels;
  // At least the distance between songs if they filled the map evenly; otherwise every song of a small map is a hill.
  const double smoothing = std::max(options.smoothing, 1.5 / std::sqrt(static_cast<double>(map.layout.size())));
  const double most_least =
      std::max<double>(options.least_songs, options.least_part * static_cast<double>(map.layout.size()));
  for (std::uint32_t level = 0; level < options.levels; ++level) {
    const double shrink = std::pow(2.0, level);
    const double least = std::max<double>(options.least_songs, most_least / (shrink * shrink));
    levels.push_back(find_level(map.layout, frame, counts, smoothing * static_cast<double>(frame.side) / shrink,
                                options.prominence, static_cast<std::size_t>(least)));
  }
  // From the finest up, because regions that moved up need parents too.
  std::vector<std::vector<std::int32_t>> parents(levels.size());  // those of level 0 have none
  for (std::size_t level = levels.size() - 1; level > 0; --level) {
    parents[level] = parents_of(levels[level], levels[level - 1]);
    lift_orphans(levels[level - 1], levels[level], parents[level]);
  }
  for (std::size_t level = 1; level < levels.size(); ++level) {
    fill_gaps(levels[level], levels[level - 1], parents[level], map.layout);
  }

  std::int32_t before = 0;  // number of the first region of the level before
  for (std::size_t level = 0; level < levels.size(); ++level) {
    const auto first = static_cast<std::int32_t>(map.regions.size());
    for (std::size_t region = 0; region < levels[level].peaks.size(); ++region) {
      Region& added = map.regions.emplace_back();
      added.centre = levels[level].peaks[region];
      added.level = static_cast<std::uint32_t>(level);
      if (level > 0) added.parent = before + parents[level][region];
    }
    before = first;
  }
  for (std::size_t song = 0; song < map.region.size(); ++song) {
    const std::int32_t fine = levels.back().of_song[song];
    if (fine == kNoRegion) continue;
    map.region[song] = before + fine;
    for (std::int32_t region = map.region[song]; region != kNoRegion;
         region = map.regions[static_cast<std::size_t>(region)].parent) {
      ++map.regions[static_cast<std::size_t>(region)].size;
    }
  }
  drop_empty(map);
  return map;
}

}  // namespace segue::layout
