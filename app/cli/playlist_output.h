// Playlists written by commands: --format, --location, --title, --output.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "segue/recommend/playlist.h"

#include "app/cli/playable.h"
#include "app/cli/terminal.h"

namespace segue {

// How a playlist is printed: a table for people, or one of the formats of segue/recommend/playlist.h.
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
      option<&PlaylistOptions::format>(
          "format", "A table to read, or a playlist; with --output, by default as the file's ending says"),
      option<&PlaylistOptions::location>(
          "location", "Template of the URI where a player finds a song, with {id}, {title} or {artist} in it"),
      option<&PlaylistOptions::title>("title", "The playlist's name; by default made from the songs it starts with"),
      option<&PlaylistOptions::output>("output", "Write the playlist to this file"),
  };
};
SEGUE_CHECK_OPTIONS(PlaylistOptions);

namespace cli {

// --format; if that is table and there is a file, the format of its ending. Throws wrong_use for any other ending.
PlaylistView view_of(const PlaylistOptions& options);

// Writes `list` in the format of view_of() to the file, which appears whole or not at all, or to standard output.
// Songs lie where `playable` says. REQUIRES: view_of() is not table. Throws wrong_use, not_found, no_space, io_failed.
void write_playlist(const data::Catalogue& songs, std::span<const std::uint32_t> list, const std::string& title,
                    const PlaylistOptions& options, const PlayableSongs& playable, Terminal& terminal);

}  // namespace cli
}  // namespace segue
