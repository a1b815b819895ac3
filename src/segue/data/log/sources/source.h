// Where a log comes from: what its columns mean, whose it is, whether its times are starts or ends.
//
// To add a source, write sources/NAME.cpp with a Source, add its line to source_list.cpp, a file to
// tests/ingest/sources and a section to docs/sources.md. A log that no source recognises is read by the usual names of
// columns (columns.h).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segue/base/json_fwd.h"
#include "segue/data/log/formats/formats.h"
#include "segue/data/log/rows.h"
#include "segue/data/log/times.h"

namespace segue::data {

// What a file looks like from outside.
struct FileLook {
  FileFormat format = FileFormat::text;
  std::vector<std::string> columns;   // its names; of a text without names, its first row
  std::vector<std::string> comments;  // of a text: its first lines with '#', without it

  bool has_all(std::initializer_list<std::string_view> names) const;
  bool has(std::string_view name) const { return has_all({name}); }
};

enum class TimeIs { automatic, start, end };

inline constexpr std::array<std::string_view, 3> kTimeIsNames = {"auto", "start", "end"};
constexpr std::span<const std::string_view> names(TimeIs) {
  return kTimeIsNames;
}

struct Source {
  std::string_view name;     // of --source
  std::string_view product;  // "Spotify account data"
  bool (*recognises)(const FileLook& look);
  // The columns of fields, the best first. A field that is not here is found by the usual names; one without any
  // column is not read.
  std::vector<std::pair<Field, std::vector<std::string_view>>> columns = {};
  bool personal = false;  // one person's own listens
  bool lists = false;     // a row is a playlist
  // Where there is no artist: the title begins with it ("Artist - Title"), or album and title together name the song.
  bool title_holds_artist = false;
  bool album_names_song = false;
  TimeIs time_is = TimeIs::start;
  std::string_view listen_event = {};  // the value of `event` in rows that are listens; "": all are
  std::string_view skip_mark = {};     // a value of `skipped` that marks a skip, as "true" and "S" always do
  std::string_view no_name = {};       // the artist that stands for none
  DateOrder date_order = DateOrder::automatic;
  bool ids_are_locations = false;  // the ids of songs are those in their locations (song_id_of_location)
  std::int64_t length_unit_ms = 1;
  std::int64_t played_unit_ms = 1;
  std::vector<std::string_view> header = {};   // the columns of its files, which have no line of names
  std::size_t optional_columns = 0;            // of these, the last ones that older files lack
  void (*adapt)(json::object& row) = nullptr;  // JSON: changes a row into one with plain columns
  std::string (*user_in)(const std::vector<std::string>& columns) = nullptr;  // the user in the names of columns
  std::string_view less_exact_than = {};  // the name of a source that has the same plays, with better times
  std::string_view contents = {};         // what its files hold, for messages; "": the columns above
};

// The source of this name. Throws wrong_use, listing the names.
const Source& source_named(std::string_view name);

// "Tidal (--source tidal), with the columns entry_date, track_title, artist_name", for messages.
std::string described(const Source& source);

struct SourceRequest {
  std::string_view file;           // for messages
  const Source* forced = nullptr;  // the user says that the log is of this one
  bool has_header = false;         // the user has named the columns
};

// The source of a log: the forced one, or the one that recognises it; nullptr if none does. Gives the rows the columns
// that the source has: names to a text without any, unless the user has named them, and plain columns to JSON. Throws
// bad_input, naming what the log looks like, for one that cannot be of the forced source.
const Source* settle_source(OpenedRows& opened, const SourceRequest& request);

}  // namespace segue::data
