// Options for reading logs.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"
#include "segue/data/log/columns.h"
#include "segue/data/log/log_reader.h"
#include "segue/data/log/sources/source.h"
#include "segue/data/log/times.h"

namespace segue::data {

// A session is at most so many gaps long, unless said otherwise.
inline constexpr int kGapsOfLongestSession = 24;

struct IngestOptions {
  std::string output;
  std::string source = "auto";
  InputKind kind = InputKind::automatic;
  std::vector<std::string> songs;
  std::vector<std::string> base;
  std::string user;
  std::string user_column;
  std::string song_column;
  std::string time_column;
  std::string title_column;
  std::string artist_column;
  std::string album_column;
  std::string tags_column;
  std::string played_ms_column;
  std::string length_ms_column;
  std::string skipped_column;
  std::string songs_column;
  std::string columns;
  std::string songs_columns;
  TimeUnit time_unit = TimeUnit::automatic;
  DateOrder date_format = DateOrder::automatic;
  TimeIs time_is = TimeIs::automatic;
  std::string earliest = "1999-01-01";
  std::string latest;
  Identity identity = Identity::automatic;
  bool merge_versions = false;
  std::string anonymise;
  std::chrono::milliseconds session_gap = std::chrono::minutes(30);
  std::chrono::milliseconds max_session = std::chrono::milliseconds(0);
  std::chrono::milliseconds min_played = std::chrono::seconds(30);
  bool keep_repeats = false;
  std::uint32_t min_session = 2;
  std::uint32_t rejects = 20;
  std::uint32_t shards = 1;
  std::string memory = "auto";
  std::uint32_t threads = 0;
};

}  // namespace segue::data

namespace segue {

template <>
struct OptionsOf<data::IngestOptions> {
  static constexpr std::string_view section = "ingest";
  static constexpr std::array rows = {
      option<&data::IngestOptions::output>("output", "The dataset folder to write"),
      option<&data::IngestOptions::source>(
          "source", "Where the logs come from: auto recognises it; usual-names goes by the names of columns alone"),
      option<&data::IngestOptions::kind>("kind", "Whether a row is a play or a playlist; auto decides by the columns"),
      option<&data::IngestOptions::songs>("songs",
                                          "A file with titles, artists, albums, tags of song ids; may be repeated"),
      option<&data::IngestOptions::base>(
          "base",
          "A dataset of others to put beside these listens: songs meet by id, or artist and title; may be repeated"),
      option<&data::IngestOptions::user>("user", "The user of all rows, for logs of one person without a user column"),
      option<&data::IngestOptions::user_column>("user_column", "Column of the user, or of the playlist's id"),
      option<&data::IngestOptions::song_column>("song_column", "Column of the song id"),
      option<&data::IngestOptions::time_column>("time_column", "Column of the time of a play"),
      option<&data::IngestOptions::title_column>("title_column", "Column of the title"),
      option<&data::IngestOptions::artist_column>("artist_column", "Column of the artist"),
      option<&data::IngestOptions::album_column>("album_column", "Column of the album"),
      option<&data::IngestOptions::tags_column>("tags_column",
                                                "Column of tags or genres: a list, or text separated by , ; |"),
      option<&data::IngestOptions::played_ms_column>("played_ms_column",
                                                     "Column of the milliseconds played; below 0: unknown"),
      option<&data::IngestOptions::length_ms_column>("length_ms_column", "Column of the song's length in milliseconds"),
      option<&data::IngestOptions::skipped_column>("skipped_column", "Column that marks skipped plays"),
      option<&data::IngestOptions::songs_column>(
          "songs_column", "Column of a playlist's song ids: a list, or text separated by spaces"),
      option<&data::IngestOptions::columns>("columns",
                                            "Names of the columns, for CSV and TSV without a header line: a,b,c"),
      option<&data::IngestOptions::songs_columns>("songs_columns", "The same for the files of --songs"),
      option<&data::IngestOptions::time_unit>("time_unit",
                                              "Unit of numbers in the time column; auto decides by their size"),
      option<&data::IngestOptions::date_format>(
          "date_format", "Order of day, month and year in dates such as 08/03/2022; auto: as the file's dates tell"),
      option<&data::IngestOptions::time_is>("time_is",
                                            "Whether times are starts or ends of plays; auto: as the source has them"),
      option<&data::IngestOptions::earliest>("earliest", "Drop listens before this date"),
      option<&data::IngestOptions::latest>("latest", "Drop listens after this date; empty: tomorrow"),
      option<&data::IngestOptions::identity>(
          "identity",
          "What makes two plays the same song: an id, artist and title, or auto: ids that name recordings, else names"),
      option<&data::IngestOptions::merge_versions>(
          "merge_versions", "Make one song of the remastered, deluxe and reissued ids of a recording"),
      option<&data::IngestOptions::anonymise>("anonymise",
                                              "Replace users by keyed hashes; the key is the content of this file"),
      option<&data::IngestOptions::session_gap>("session_gap",
                                                "A longer silence between two plays begins a new session"),
      option<&data::IngestOptions::max_session>(
          "max_session", "A longer session ends here and another begins; 0s: 24 times --session-gap"),
      option<&data::IngestOptions::min_played>("min_played", "Plays known to be shorter count as skips; 0s keeps all"),
      option<&data::IngestOptions::keep_repeats>("keep_repeats", "Keep a song that is played again right after itself"),
      option<&data::IngestOptions::min_session>("min_session", "Sessions and playlists of fewer songs are dropped",
                                                between(1, 1'000'000)),
      option<&data::IngestOptions::rejects>("rejects", "Samples kept of the rows rejected for each reason",
                                            between(0, 100'000)),
      option<&data::IngestOptions::shards>(
          "shards", "Files to divide the queues among, for training by several ranks; the dataset is the same",
          between(1, 10'000)),
      option<&data::IngestOptions::memory>(
          "memory", "Memory to use, such as 2G; listens beyond it go to a temporary file; auto: half of the machine's"),
      option<&data::IngestOptions::threads>("threads", "Threads to use, 0 for all cores; the result is the same",
                                            between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(data::IngestOptions);

}  // namespace segue
