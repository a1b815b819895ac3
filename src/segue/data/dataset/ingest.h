// From logs to a dataset: reads listens or playlists from any source, drops whatever is not a play, cuts sessions
// and writes the folder. docs/ingest.md lists every rule.
//
// One pass over the input, whatever it is: files, archives, pipes, stores. Held in memory: the texts of users and songs
// once each, a few decoded batches, and listens up to a limit (segue/data/dataset/listen_store.h).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "segue/base/progress.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/data/dataset/dataset_builder.h"
#include "segue/data/dataset/ingest_options.h"
#include "segue/data/dataset/log_sink.h"
#include "segue/data/log/input/inputs.h"
#include "segue/data/log/rejects.h"
#include "segue/data/log/rows.h"

namespace segue::data {

struct PassedOver {
  std::string file;
  std::string why;
};

struct IngestReport {
  // Read.
  std::vector<Inputs::File> inputs;
  std::uint64_t logs = 0;               // read, in those inputs
  std::vector<std::string> sources;     // products recognised: "Spotify account data (3 files)"
  std::vector<std::string> notes;       // "listens.csv: read as Windows-1252"
  std::vector<PassedOver> passed_over;  // in folders and archives: files that are no logs
  std::uint64_t rows = 0;               // listens or playlists, including rejected ones
  // Kept.
  DatasetCounts counts;
  std::vector<MergedSong> merged;
  struct Base {
    std::string name;
    std::string digest;
  };
  std::vector<Base> bases;  // datasets put beside it
  // Dropped rows and plays (of short_playlist: lists), by reason.
  RejectLog dropped{0};
  // The files of --songs.
  std::uint64_t song_rows = 0;
  RejectLog dropped_song_rows{0};
  std::string digest;  // of the dataset written
};

// Writes the dataset `options.output` from the named files, folders and URIs. The same input and options give the same
// files, whatever the number of threads and the memory (except the time of creation in manifest.json). Nothing is
// written unless everything succeeds, except OUTPUT.rejects.jsonl when no queue is left. Throws not_found, bad_input (a
// file that is no log, missing columns, nothing kept), wrong_use, no_space, io_failed, interrupted.
IngestReport ingest(std::span<const std::string> inputs, const IngestOptions& options, Progress& progress,
                    const std::stop_token& stop);

// The same of one log whose rows are in memory; `name` stands for it in messages.
IngestReport ingest(std::unique_ptr<RowReader> rows, const std::string& name, const IngestOptions& options,
                    Progress& progress, const std::stop_token& stop);

// Reads the logs as ingest() does, into `sink` instead of a dataset: of the report there is what was read and dropped
// on the way. Throws not_found, bad_input, wrong_use, interrupted, and what the sink throws.
IngestReport read_logs(std::span<const std::string> inputs, const IngestOptions& options, LogSink& sink,
                       Progress& progress, const std::stop_token& stop);

// The same of one log whose rows are in memory, for datasets made in parts (parts.h): the order of dates such as
// 08/03/2022 is not told by rows, since the rows of a part tell something else than those of another.
IngestReport read_rows(std::unique_ptr<RowReader> rows, const std::string& name, const IngestOptions& options,
                       LogSink& sink, Progress& progress, const std::stop_token& stop);

// The columns that ingest() reads of such a log.
struct ColumnsInUse {
  std::string user;                // "" if all rows are of one
  std::string time;                // "" if there is none
  std::vector<std::string> names;  // all of them; every column where the log is of a source, which more columns tell
};
ColumnsInUse columns_in_use(std::unique_ptr<RowReader> rows, const std::string& name, const IngestOptions& options);

// The steps of ingest() that follow the reading, for datasets made in parts.
DatasetRules dataset_rules(const IngestOptions& options);
// Reads the files of `options.songs`; returns them.
std::vector<Inputs::File> read_song_files(const IngestOptions& options, LogSink& sink, IngestReport& report,
                                          Progress& progress, const std::stop_token& stop);
// Fails if nothing was kept, which the report explains; else writes rejects and manifest, and returns the digest.
std::string end_dataset(const std::filesystem::path& folder, const IngestReport& report,
                        const std::vector<Inputs::File>& song_files, const IngestOptions& options);

// The songs that the files of `options.songs` describe, each id once, by its first row: with the id of their artist and
// title where a row has none, and 0 plays. Throws as ingest(), and bad_input for a row that names no song.
std::vector<SongRecord> read_songs(const IngestOptions& options, Progress& progress, const std::stop_token& stop);

}  // namespace segue::data
