// Paths as servers give them, on this machine.
#pragma once

#include <string>

#include "segue/library/music_servers.h"

namespace segue::library {

// The absolute path of the file, or "" if there is none: which is counted, unless the server gave no path at all.
std::string local_path(const std::string& given, const ServerPaths& paths, ServerReport& report);

}  // namespace segue::library
