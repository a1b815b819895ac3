// Finds the meaning of the columns of a log by their names.
//
// Names are compared without case and the characters _ - . space and :, so that "Artist Name", "artist_name"
// and "artistName" are the same. docs/ingest.md lists the usual names.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/log/rows.h"
#include "segue/data/log/sources/source.h"

namespace segue::data {

enum class InputKind { automatic, listens, playlists };

inline constexpr std::array<std::string_view, 3> kInputKindNames = {"auto", "listens", "playlists"};
constexpr std::span<const std::string_view> names(InputKind) {
  return kInputKindNames;
}

// What a file is read for.
enum class Role { listens, playlists, songs };

// Names given by the user for some fields, "" for the others.
using NamedColumns = std::array<std::string, kFieldCount>;

struct ColumnRequest {
  std::string_view file;  // for messages
  const Source* source = nullptr;
  bool forced = false;  // the user says that the file is of this source
  NamedColumns named{};
  InputKind kind = InputKind::automatic;
  bool has_user = false;       // all rows belong to one user and need no column for it
  bool any_ids = false;        // take ids that name no recording, such as recording_msid
  std::string songs_column{};  // of a playlist's songs, named by the user
};

struct RecognisedColumns {
  Role role = Role::listens;
  FieldColumns columns;
};

// Finds the columns of a file of listens or playlists; `automatic` means playlists if there is a column of song
// lists. Throws bad_input, with the columns found and expected, if a required one is missing.
RecognisedColumns recognise_input(const std::vector<std::string>& columns, const ColumnRequest& request);

// The same for a file of songs: id, and title, artist, album or tags.
RecognisedColumns recognise_songs(const std::vector<std::string>& columns, const ColumnRequest& request);

}  // namespace segue::data
