// From logs to a dataset: reads listens or playlists in any format, drops whatever is not a play, cuts sessions
// and writes the folder. docs/ingest.md lists every rule.
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
  std::uint64_t rows = 0;     // listens or playlists, including rejected ones
  std::uint64_t listens = 0;  // plays in accepted rows of listens
  std::uint64_t listed = 0;   // plays in accepted playlists
  // Kept.
  std::uint64_t users = 0;  // with sessions
  std::uint64_t sessions = 0;
  std::uint64_t playlists = 0;
  std::uint64_t plays = 0;
  std::uint64_t songs = 0;
  std::uint64_t titled_songs = 0;  // with a title
  // Dropped rows and plays (of short_playlist: lists), by reason.
  RejectLog dropped{0};
  // The files of --songs.
  std::uint64_t song_rows = 0;
  RejectLog dropped_song_rows{0};
  std::string digest;  // of the dataset written
};

// Writes the dataset `options.output` from the named files and folders. The same input and options give the same files,
// whatever the number of threads (except the time of creation in manifest.json). Nothing is written unless everything
// succeeds. Throws not_found, bad_input (a file that is not in its format, missing columns, nothing kept), wrong_use,
// no_space, io_failed, interrupted.
IngestReport ingest(std::span<const std::string> inputs, const IngestOptions& options, Progress& progress,
                    const std::stop_token& stop);

}  // namespace segue::data
