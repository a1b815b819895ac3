// A dataset made in parts, on many machines: the same files as ingest() writes of the same rows.
//
// All listens of a user are in one part, and the parts are in the order of their users. Rows are read twice:
//
//   count_mentions()               of rows, however divided: how often each song is mentioned, spelt how
//   PartsJoin::settle()            of the sums of these counts: which songs are the same, and their numbers, in a file
//   write_part()                   of the rows of a part: its queues and skips, by those numbers
//   PartsJoin::order_songs()       adds up the plays of all parts: the rows of the songs
//   write_shard(), write_skips()   what the parts have, by those rows: files of the dataset
//   PartsJoin::finish()            the manifest, and the dataset has its name
//
// What lies between the steps is in `scratch`, a folder that all machines see. Steps may be repeated, also while
// another attempt runs: each writes the same bytes under a name of its own and renames them. Rows that differ from one
// reading to the other are noticed (bad_input) if songs or their number differ.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "segue/base/progress.h"
#include "segue/data/dataset/ingest.h"
#include "segue/data/dataset/ingest_options.h"
#include "segue/data/log/rows.h"

namespace segue::data {

// Columns: id, title, artist, album (utf8), tags (list<utf8>), times (int64): the mentions of songs that are alike in
// all of these. Throws as ingest().
std::shared_ptr<arrow::RecordBatch> count_mentions(std::unique_ptr<RowReader> rows, const std::string& name,
                                                   const IngestOptions& options, Progress& progress,
                                                   const std::stop_token& stop);

// Writes a part: scratch/part-00007. Listens beyond the memory of the options go to the machine's folder for temporary
// files. Throws as ingest().
void write_part(std::unique_ptr<RowReader> rows, const std::string& name, const IngestOptions& options,
                const std::filesystem::path& scratch, std::size_t part, Progress& progress,
                const std::stop_token& stop);

// After order_songs(): writes the queues of a shard, or all skips, to `scratch`.
void write_shard(const std::filesystem::path& scratch, std::size_t shard);
void write_skips(const std::filesystem::path& scratch);

// Not thread safe.
class PartsJoin {
 public:
  // Throws as FolderWriter for the output, and wrong_use for options that take other datasets or a key.
  PartsJoin(IngestOptions options, std::string name, std::filesystem::path scratch);
  ~PartsJoin();
  PartsJoin(const PartsJoin&) = delete;
  PartsJoin& operator=(const PartsJoin&) = delete;

  // Counts as count_mentions() gives them, or sums of such. Throws bad_input for other columns.
  void add_mentions(const arrow::RecordBatch& counts);
  void settle(Progress& progress, const std::stop_token& stop);
  // `parts`: the numbers of all parts, ascending. Throws bad_input if they do not hold what was counted, or not in the
  // order of their users.
  void order_songs(const std::vector<std::size_t>& parts);
  // After every shard and the skips. Throws bad_input if nothing was kept, no_space, io_failed.
  IngestReport finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::data
