// Playlists as commands write them: --format, --location, --title, -o.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "segue/recommend/playlist.h"

#include "app/cli/terminal.h"

namespace segue {

// How a playlist is shown: a table for people, or one of the formats of segue/recommend/playlist.h.
enum class PlaylistView { table, m3u8, jspf, xspf, json };

inline constexpr std::array<std::string_view, 5> kPlaylistViewNames = {"table", "m3u8", "jspf", "xspf", "json"};
constexpr std::span<const std::string_view> names(PlaylistView) {
  return kPlaylistViewNames;
}

struct PlaylistOptions {
  PlaylistView format = PlaylistView::table;
  std::string location;
  std::string title;
  std::string output;
};

template <>
struct OptionsOf<PlaylistOptions> {
  static constexpr std::string_view section = "playlist";
  static constexpr std::array rows = {
      option<&PlaylistOptions::format>("format", "A table to read, or a playlist; with -o as the file's ending says"),
      option<&PlaylistOptions::location>("location",
                                         "Where a player finds a song: a URI with {id}, {title} or {artist} in it"),
      option<&PlaylistOptions::title>("title", "The playlist's name; made of the songs it starts from if not given"),
      option<&PlaylistOptions::output>("output", "Write the playlist to this file"),
  };
};
SEGUE_CHECK_OPTIONS(PlaylistOptions);

namespace cli {

// --format, or where that is table and there is a file, what its ending says. Throws wrong_use for a file that ends
// otherwise.
PlaylistView view_of(const PlaylistOptions& options);

// `list` in the format of view_of(), which is not table: to the file, which appears whole or not at all, or to standard
// output. Without --title it is called `title`. Throws wrong_use, not_found, no_space, io_failed.
void write_playlist(const data::Catalogue& songs, std::span<const std::uint32_t> list, const std::string& title,
                    const PlaylistOptions& options, Terminal& terminal);

}  // namespace cli
}  // namespace segue
