// Options for reading logs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "segue/base/options.h"
#include "segue/data/log/columns.h"
#include "segue/data/log/times.h"

namespace segue::data {

struct IngestOptions {
  std::string output;
  InputKind kind = InputKind::automatic;
  std::vector<std::string> songs;
  std::string user;
  std::string user_column;
  std::string song_column;
  std::string time_column;
  std::string title_column;
  std::string artist_column;
  std::string album_column;
  std::string tags_column;
  std::string played_ms_column;
  std::string songs_column;
  std::string columns;
  std::string songs_columns;
  TimeUnit time_unit = TimeUnit::automatic;
  std::chrono::milliseconds session_gap = std::chrono::minutes(30);
  std::chrono::milliseconds min_played = std::chrono::seconds(30);
  bool keep_repeats = false;
  std::uint32_t min_session = 2;
  std::uint32_t rejects = 20;
  std::uint32_t threads = 0;
};

}  // namespace segue::data

namespace segue {

template <>
struct OptionsOf<data::IngestOptions> {
  static constexpr std::string_view section = "ingest";
  static constexpr std::array rows = {
      option<&data::IngestOptions::output>("output", "The dataset folder to write"),
      option<&data::IngestOptions::kind>("kind", "Whether a row is a play or a playlist; auto decides by the columns"),
      option<&data::IngestOptions::songs>("songs",
                                          "A file with titles, artists, albums, tags of song ids; may be repeated"),
      option<&data::IngestOptions::user>("user", "The user of all rows, for logs of one person without a user column"),
      option<&data::IngestOptions::user_column>("user_column", "Column of the user, or of the playlist's id"),
      option<&data::IngestOptions::song_column>("song_column", "Column of the song id"),
      option<&data::IngestOptions::time_column>("time_column", "Column of the time a play started"),
      option<&data::IngestOptions::title_column>("title_column", "Column of the title"),
      option<&data::IngestOptions::artist_column>("artist_column", "Column of the artist"),
      option<&data::IngestOptions::album_column>("album_column", "Column of the album"),
      option<&data::IngestOptions::tags_column>("tags_column",
                                                "Column of tags or genres: a list, or text separated by , ; |"),
      option<&data::IngestOptions::played_ms_column>("played_ms_column",
                                                     "Column of the milliseconds played; below 0: unknown"),
      option<&data::IngestOptions::songs_column>(
          "songs_column", "Column of a playlist's song ids: a list, or text separated by spaces"),
      option<&data::IngestOptions::columns>("columns",
                                            "Names of the columns, for CSV and TSV without a header line: a,b,c"),
      option<&data::IngestOptions::songs_columns>("songs_columns", "The same for the files of --songs"),
      option<&data::IngestOptions::time_unit>("time_unit",
                                              "Unit of numbers in the time column; auto decides by their size"),
      option<&data::IngestOptions::session_gap>("session_gap",
                                                "A longer time between the starts of two plays begins a new session"),
      option<&data::IngestOptions::min_played>("min_played", "Plays known to be shorter are dropped; 0s keeps all"),
      option<&data::IngestOptions::keep_repeats>("keep_repeats", "Keep a song that is played again right after itself"),
      option<&data::IngestOptions::min_session>("min_session", "Sessions and playlists of fewer songs are dropped",
                                                between(1, 1'000'000)),
      option<&data::IngestOptions::rejects>("rejects", "Samples kept of the rows rejected for each reason",
                                            between(0, 100'000)),
      option<&data::IngestOptions::threads>("threads", "Threads to use, 0 for all cores; the result is the same",
                                            between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(data::IngestOptions);

}  // namespace segue
