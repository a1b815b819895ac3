#include "segue/draw/draw_html.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <unordered_map>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/page.h"
#include "segue/layout/density.h"

namespace segue::draw {

namespace {

template <class Number>
std::string column_of(const std::vector<Number>& numbers) {
  static_assert(std::endian::native == std::endian::little);
  return base64_of(std::as_bytes(std::span(numbers)));
}

// From 0 to 65535 across the map.
std::uint16_t quantised(float offset, float width) {
  return static_cast<std::uint16_t>(std::lround(std::clamp(double{offset} / double{width}, 0.0, 1.0) * 65535));
}

}  // namespace

MapPageReply map_page_reply(const layout::SongMap& map, const data::Catalogue& songs) {
  SEGUE_ASSERT(map.layout.size() == songs.size() && map.regions.size() <= std::numeric_limits<std::int16_t>::max());
  const std::uint32_t shown = std::min(songs.size(), kMostPageSongs);
  const layout::GridFrame square = layout::frame_around(map.layout, 1, 0.03F);
  MapPageReply reply{.songs = songs.size(), .left = square.origin.x, .bottom = square.origin.y, .width = square.cell};
  std::vector<std::uint16_t> places;
  std::vector<std::int16_t> region;
  std::vector<std::uint32_t> plays;
  std::vector<std::uint32_t> artist_of;
  std::unordered_map<std::string_view, std::uint32_t> artist_numbers;
  for (std::uint32_t row = 0; row < shown; ++row) {
    const data::Song song = songs.song(row);
    places.push_back(quantised(map.layout[row].x - square.origin.x, square.cell));
    places.push_back(quantised(map.layout[row].y - square.origin.y, square.cell));
    region.push_back(static_cast<std::int16_t>(map.region[row]));
    plays.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(song.plays, UINT32_MAX)));
    const bool nameless = song.title.empty() && song.artist.empty();
    reply.titles.push_back(nameless ? song.id : song.title);
    const auto [artist, added] =
        artist_numbers.try_emplace(song.artist, static_cast<std::uint32_t>(artist_numbers.size()));
    if (added) reply.artists.push_back(song.artist);
    artist_of.push_back(artist->second);
  }
  reply.places = column_of(places);
  reply.region = column_of(region);
  reply.plays = column_of(plays);
  reply.artist = column_of(artist_of);
  reply.regions = layout::region_replies(map);
  reply.contours = layout::contour_replies(map);
  return reply;
}

void write_map_html(const std::filesystem::path& file, std::string_view page_template, const layout::SongMap& map,
                    const data::Catalogue& songs) {
  AtomicFile target(file);
  target.commit_text(filled_page(page_template, {"Map of songs", json_text(map_page_reply(map, songs))}));
}

}  // namespace segue::draw
