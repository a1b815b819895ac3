#include "segue/draw/draw_html.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/json.h"
#include "segue/draw/colours.h"
#include "segue/draw/map_page.h"
#include "segue/layout/density.h"
#include "segue/layout/region_contours.h"

namespace segue::draw {

namespace {

std::string base64(std::span<const std::byte> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends it with a zero byte
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

class PageData {
 public:
  template <class T>
  void column(std::string_view id, std::span<const T> numbers) {
    text_ += fmt::format("<script type=\"text/plain\" id=\"{}\">{}</script>\n", id, base64(std::as_bytes(numbers)));
  }
  void text(std::string_view id, std::string_view text) { column<char>(id, {text.data(), text.size()}); }
  const std::string& page_part() const { return text_; }

 private:
  std::string text_;
};

std::string hex(Colour colour) {
  return fmt::format("#{:06x}", packed(colour));
}

// One line of a list of texts.
void add_line(std::string& lines, std::string_view text, bool first) {
  if (!first) lines += '\n';
  const std::size_t begin = lines.size();
  lines += text;
  std::replace_if(
      lines.begin() + static_cast<std::ptrdiff_t>(begin), lines.end(),
      [](char letter) { return static_cast<unsigned char>(letter) < 0x20; }, ' ');
}

// From 0 to 65535 across the map.
class Quantised {
 public:
  explicit Quantised(const layout::GridFrame& square) : square_(square) {}
  double part_x(layout::Point point) const { return double{(point.x - square_.origin.x) / square_.cell}; }
  double part_y(layout::Point point) const { return double{(point.y - square_.origin.y) / square_.cell}; }
  static std::uint16_t number(double part) {
    return static_cast<std::uint16_t>(std::lround(std::clamp(part, 0.0, 1.0) * 65535));
  }

 private:
  layout::GridFrame square_;
};

json::array regions_json(const layout::SongMap& map, const Quantised& places) {
  const std::vector<std::size_t> colour = colour_regions(map.regions, palette_of(MapTheme::dark).size());
  json::array list;
  for (std::size_t i = 0; i < map.regions.size(); ++i) {
    const layout::Region& region = map.regions[i];
    list.push_back({{"x", places.part_x(region.centre)},
                    {"y", 1 - places.part_y(region.centre)},
                    {"label", region.label},
                    {"size", region.size},
                    {"level", region.level},
                    {"parent", region.parent},
                    {"colour", colour[i]}});
  }
  return list;
}

// Rings as numbers from 0 to 1 across the map, x before y.
json::array contours_json(const layout::SongMap& map, const Quantised& places) {
  const auto rounded = [](double part) { return std::round(part * 1e4) / 1e4; };
  json::array list;
  for (const layout::Contour& contour : layout::region_contours(map)) {
    json::array rings;
    for (const std::vector<layout::Point>& ring : contour.rings) {
      json::array numbers;
      for (const layout::Point point : ring) {
        numbers.emplace_back(rounded(places.part_x(point)));
        numbers.emplace_back(rounded(1 - places.part_y(point)));
      }
      rings.push_back(std::move(numbers));
    }
    list.push_back({{"region", contour.region}, {"part", contour.part}, {"rings", std::move(rings)}});
  }
  return list;
}

json::object about_json(std::uint32_t songs) {
  json::object palettes;
  json::object paper;
  json::object none;
  for (const MapTheme theme : {MapTheme::dark, MapTheme::light}) {
    const std::string_view name = choice_name(theme);
    json::array& palette = palettes[name].emplace_array();
    for (const Colour colour : palette_of(theme)) palette.emplace_back(hex(colour));
    paper[name] = hex(colours_of(theme).paper);
    none[name] = hex(colours_of(theme).none);
  }
  return {{"songs", songs}, {"palettes", std::move(palettes)}, {"paper", std::move(paper)}, {"none", std::move(none)}};
}

}  // namespace

void write_map_html(const std::filesystem::path& file, const layout::SongMap& map, const data::Catalogue& songs) {
  SEGUE_ASSERT(map.layout.size() == songs.size() && map.regions.size() < std::numeric_limits<std::uint16_t>::max());
  AtomicFile target(file);
  const std::uint32_t shown = std::min(songs.size(), kMostPageSongs);
  const Quantised places(layout::frame_around(map.layout, 1, 0.03F));
  std::vector<std::uint16_t> xy;
  std::vector<std::uint16_t> region;
  std::vector<std::uint32_t> plays;
  std::vector<std::uint32_t> artist_of;
  std::string titles;
  std::string artists;
  std::unordered_map<std::string_view, std::uint32_t> artist_numbers;
  for (std::uint32_t row = 0; row < shown; ++row) {
    const data::Song song = songs.song(row);
    xy.push_back(Quantised::number(places.part_x(map.layout[row])));
    xy.push_back(Quantised::number(places.part_y(map.layout[row])));
    region.push_back(static_cast<std::uint16_t>(map.region[row] + 1));
    plays.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(song.plays, UINT32_MAX)));
    const bool nameless = song.title.empty() && song.artist.empty();
    add_line(titles, nameless ? song.id : song.title, row == 0);
    const auto [artist, added] =
        artist_numbers.try_emplace(song.artist, static_cast<std::uint32_t>(artist_numbers.size()));
    if (added) add_line(artists, song.artist, artist->second == 0);
    artist_of.push_back(artist->second);
  }
  PageData data;
  data.column<std::uint16_t>("xy", xy);
  data.column<std::uint16_t>("cluster", region);
  data.column<std::uint32_t>("plays", plays);
  data.column<std::uint32_t>("artist-of", artist_of);
  data.text("titles", titles);
  data.text("artists", artists);
  data.text("regions", json::serialize(regions_json(map, places)));
  data.text("contours", json::serialize(contours_json(map, places)));
  data.text("about", json::serialize(about_json(songs.size())));

  const std::string_view page = map_page();
  const std::size_t mark = page.find(kDataMark);
  SEGUE_ASSERT(mark != page.npos);
  FileWriter writer(target.path());
  writer.write(page.substr(0, mark));
  writer.write(data.page_part());
  writer.write(page.substr(mark + kDataMark.size()));
  writer.close();
  target.commit();
}

}  // namespace segue::draw
