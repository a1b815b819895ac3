// The files that playlists in M3U name.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "segue/library/library_file.h"

namespace segue::library {

struct M3uReport {
  std::size_t files = 0;    // named, each once
  std::size_t missing = 0;  // of which there is no file: named by #EXTINF alone
};

// One item a file, in the order of the playlists: by its tags, or where it cannot be read by #EXTINF:length,artist -
// title and its path. Paths are relative to the playlist; file:// URIs are paths; other URIs are items whose id is the
// URI. Throws not_found, io_failed, bad_input for a text without any entry.
std::vector<LibraryItem> read_m3u(std::span<const std::string> playlists, M3uReport& report);

}  // namespace segue::library
