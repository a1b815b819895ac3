// Finds files of music in folders and reads their tags.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "segue/base/progress.h"
#include "segue/library/library_file.h"

namespace segue::library {

struct ScanReport {
  std::size_t files = 0;      // that end as music does
  std::size_t unchanged = 0;  // taken from the library of before
  std::size_t named_by_path = 0;
  std::size_t unreadable = 0;
  std::vector<std::string> unreadable_files;  // the first few
};

inline constexpr std::size_t kUnreadableShown = 5;

// One item a file, in the order of their paths, which are absolute; hidden files and folders are passed over, links
// followed, each folder once. A file of the same path, size and time as in `before`, which may be nullptr, is not read
// again. Throws not_found for a folder that does not exist, bad_input if there is no music at all, io_failed,
// interrupted.
std::vector<LibraryItem> scan(std::span<const std::string> folders, const LibraryFile* before, std::size_t threads,
                              Progress& progress, const std::stop_token& stop, ScanReport& report);

}  // namespace segue::library
