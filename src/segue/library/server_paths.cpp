#include "segue/library/server_paths.h"

namespace segue::library {

namespace fs = std::filesystem;

std::string local_path(const std::string& given, const ServerPaths& paths, ServerReport& report) {
  if (given.empty()) return "";
  fs::path path(given);
  if (path.is_relative()) {
    path = paths.music_folder / path;
  } else if (!paths.server_folder.empty()) {
    const fs::path inside = path.lexically_relative(paths.server_folder);
    if (!inside.empty() && *inside.begin() != "..") path = paths.music_folder / inside;
  }
  std::error_code error;
  if (path.is_absolute() && fs::is_regular_file(path, error)) return path.lexically_normal().native();
  ++report.without_file;
  return "";
}

}  // namespace segue::library
