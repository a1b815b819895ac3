// The songs of music servers, with the servers' ids.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "segue/base/progress.h"
#include "segue/library/http_client.h"
#include "segue/library/library_file.h"

namespace segue::library {

// Where the paths that a server gives lie on this machine.
struct ServerPaths {
  std::filesystem::path music_folder;   // in place of server_folder, and before relative paths
  std::filesystem::path server_folder;  // what the server calls that folder: "/media/music" in its container
};

struct ServerReport {
  std::size_t without_file = 0;  // songs whose path leads to no file here; their items have none
};

// By the Subsonic API (Navidrome, Gonic, Airsonic, LMS, Funkwhale, ...): all songs at once where the server can, else
// album by album. The password is sent as a salted MD5, as the protocol has it.
// https://opensubsonic.netlify.app, http://www.subsonic.org/pages/api.jsp
// Throws as HttpClient::get(), bad_input for a reply that is none of the protocol or has no songs, interrupted.
std::vector<LibraryItem> read_subsonic(HttpClient& server, const std::string& user, const std::string& password,
                                       const ServerPaths& paths, Progress& progress, const std::stop_token& stop,
                                       ServerReport& report);

// By Jellyfin's or Emby's API, with an API key or a user's token. https://api.jellyfin.org (GET /Items)
std::vector<LibraryItem> read_jellyfin(HttpClient& server, const std::string& token, const ServerPaths& paths,
                                       Progress& progress, const std::stop_token& stop, ServerReport& report);

}  // namespace segue::library
