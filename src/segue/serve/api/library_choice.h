// Lists kept to the songs of the service's library, where a request asks for it.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "segue/base/error.h"
#include "segue/base/options.h"
#include "segue/recommend/playlist.h"
#include "segue/serve/models.h"

namespace segue::serve {

struct LibraryChoice {
  bool in_library = false;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::LibraryChoice> {
  static constexpr std::string_view section = "library_choice";
  static constexpr std::array rows = {
      option<&serve::LibraryChoice::in_library>(
          "in_library", "Only songs of the service's library; playlists name its files on the server's machine"),
  };
};
SEGUE_CHECK_OPTIONS(serve::LibraryChoice);

}  // namespace segue

namespace segue::serve {

// nullptr for all songs. Throws wrong_use if the service has no library.
inline const index::RowSet* songs_in_library(const ServedModel& served, const LibraryChoice& choice) {
  if (!choice.in_library) return nullptr;
  if (!served.library) fail(ErrorCode::wrong_use, "in_library: the service has no library (segue serve --library)");
  return served.playable();
}

// For playlist_text(); `served` has to outlive it.
inline recommend::FindSongFile files_in_library(const ServedModel& served, const LibraryChoice& choice) {
  if (songs_in_library(served, choice) == nullptr) return {};
  return [&library = *served.library](data::SongRow row) -> std::optional<recommend::SongFile> {
    const std::optional<library::LibraryItemView> file = library.file_of(row);
    return file ? std::optional(recommend::SongFile{std::string(file->path), file->length_ms}) : std::nullopt;
  };
}

}  // namespace segue::serve
