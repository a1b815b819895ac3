// What a file of music says of itself.
#pragma once

#include <filesystem>
#include <optional>

#include "segue/library/library_file.h"

namespace segue::library {

// Whether its name ends as those of files that may have tags: .mp3, .flac, .opus, .m4a, ...
bool is_music(const std::filesystem::path& file);

// Title, artists ("A, B"), album, ids and length from the file's tags (ID3, Vorbis comments, MP4, APE, ASF, RIFF; read
// by TagLib); what they do not say is "". Nothing if the file is no music or cannot be read.
std::optional<LibraryItem> read_tags(const std::filesystem::path& file);

// Fills what tags leave out by the usual names of files below `folder`: ARTIST/ALBUM/01 TITLE, or 01 ARTIST - TITLE
// with fewer folders. Returns whether there was anything to fill.
bool name_by_path(LibraryItem& item, const std::filesystem::path& folder);

}  // namespace segue::library
