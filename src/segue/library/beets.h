// The library of beets (https://beets.readthedocs.io), a database of SQLite.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "segue/library/library_file.h"

namespace segue::library {

// One item a file, in the order of beets' ids. `music_folder` stands before paths that are relative, as newer versions
// of beets write them. Throws not_found, bad_input for a database of something else, corrupt, io_failed.
std::vector<LibraryItem> read_beets(const std::filesystem::path& database, const std::filesystem::path& music_folder);

}  // namespace segue::library
