// Playlists in the formats that players read.
//
//   m3u8   extended M3U in UTF-8: "#EXTM3U", then for each song "#EXTINF:-1,artist - title" and its location
//   xspf   XML Shareable Playlist Format 1 (https://www.xspf.org/spec)
//   jspf   the same as JSON (https://www.xspf.org/jspf)
//   json   Segue's own format, as in the HTTP replies
//
// Titles are untrusted. Line breaks and other control characters, which M3U and XML cannot hold, become spaces;
// markup is escaped.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"
#include "segue/data/dataset/catalogue.h"

namespace segue::recommend {

enum class PlaylistFormat { json, m3u8, jspf, xspf };

inline constexpr std::array<std::string_view, 4> kPlaylistFormatNames = {"json", "m3u8", "jspf", "xspf"};
constexpr std::span<const std::string_view> names(PlaylistFormat) {
  return kPlaylistFormatNames;
}

struct Playlist {
  std::string title;
  std::vector<data::SongRow> songs;  // rows of the catalogue
};

// Where a song lies on this machine.
struct SongFile {
  std::string path;             // absolute
  std::uint32_t length_ms = 0;  // 0 if unknown
};
using FindSongFile = std::function<std::optional<SongFile>(data::SongRow row)>;

// How a playlist names a song to a player. `location` is a template: {id} stands for the id, percent-encoded, {title}
// and {artist} likewise. With "" an id that is a URI itself (spotify:track:..., https://..., file:///...) is the
// location; any other id is a location in M3U8 only (as ids may be paths), and an identifier "segue:song:<id>" for XSPF
// and JSPF. Without a template, the file that `find_file` knows of a song is its location: a path in M3U8, a file://
// URI elsewhere.
//
// Returns the whole document. Throws wrong_use for a template without {id}, {title} or {artist}, or that does not
// produce URIs.
std::string playlist_text(const data::Catalogue& songs, const Playlist& playlist, PlaylistFormat format,
                          std::string_view location, const FindSongFile& find_file = {});

// Media type for HTTP: "audio/x-mpegurl; charset=utf-8", "application/xspf+xml", ...
std::string_view media_type(PlaylistFormat format);

}  // namespace segue::recommend
