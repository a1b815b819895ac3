// From logs to a dataset: reads listens or playlists in any format, leaves out what is no play, cuts sessions and
// writes the folder. docs/ingest.md says every rule.
//
// One pass over the input. Held in memory: 16 bytes a play until the sessions are cut (segue/data/dataset/sessions.h),
// the texts of users and songs once each, and a few decoded batches; never the decoded input.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "segue/base/progress.h"
#include "segue/data/dataset/ingest_options.h"
#include "segue/data/log/input.h"
#include "segue/data/log/rejects.h"

namespace segue::data {

struct IngestReport {
  // Read.
  std::vector<InputFile> inputs;
  std::uint64_t rows = 0;     // listens or playlists, the rejected ones counted
  std::uint64_t listens = 0;  // plays in rows of listens that are no rejects
  std::uint64_t listed = 0;   // plays in playlists that are no rejects
  // Kept.
  std::uint64_t users = 0;  // with sessions
  std::uint64_t sessions = 0;
  std::uint64_t playlists = 0;
  std::uint64_t plays = 0;
  std::uint64_t songs = 0;
  std::uint64_t titled_songs = 0;  // with a title
  // Left out: rows refused and plays (of short_playlist: lists) dropped, by reason.
  RejectLog dropped{0};
  // The files of --songs.
  std::uint64_t song_rows = 0;
  RejectLog dropped_song_rows{0};
  std::string digest;  // of the dataset written
};

// Writes the dataset `options.output` from the files and folders named. The same input and options give the same files,
// whatever the number of threads (manifest.json names the time it was made). Nothing is written unless all went well.
// Throws not_found, bad_input (a file that cannot be read as what it is, columns that are not there, nothing left),
// wrong_use, no_space, io_failed, interrupted.
IngestReport ingest(std::span<const std::string> inputs, const IngestOptions& options, Progress& progress,
                    const std::stop_token& stop);

}  // namespace segue::data
