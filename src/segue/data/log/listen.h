// What logs hold: listens, playlists, and descriptions of songs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "segue/data/log/rejects.h"

namespace segue::data {

// What is known of a song in a row. Texts belong to the batch.
struct SongMention {
  std::string_view id;  // "" if the row has none that names a recording
  std::string_view title;
  std::string_view artist;
  std::string_view album;
};

struct Listen {
  std::string_view user;
  SongMention song;
  std::span<const std::string_view> tags;
  std::int64_t time = 0;        // microseconds since 1970-01-01 UTC, as logged
  std::int64_t played_ms = -1;  // below 0 if unknown
  std::int64_t length_ms = -1;  // of the song, below 0 if unknown
  bool time_is_end = false;     // else the start
  bool skipped = false;         // the log says so
  std::uint64_t line = 0;
};

struct ListedPlaylist {
  std::string_view id;
  std::string_view name;
  std::optional<std::int64_t> time;
  std::span<const SongMention> songs;
  std::uint64_t line = 0;
};

struct SongDescription {
  SongMention song;
  std::span<const std::string_view> tags;
  std::uint64_t line = 0;
};

// Some rows of a log, read. One of the lists is filled, as the log is one of listens, of playlists or of songs.
struct LogBatch {
  std::uint64_t rows = 0;  // read, with those rejected and those that are no listens at all
  std::vector<Listen> listens;
  std::vector<ListedPlaylist> playlists;
  std::vector<SongDescription> songs;
  std::vector<Reject> rejects;
  std::shared_ptr<const void> owner;
};

}  // namespace segue::data
