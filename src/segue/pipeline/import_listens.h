// From logs to a store of listens: what somebody played before the service knew them.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <span>
#include <stop_token>
#include <string>

#include "segue/base/progress.h"
#include "segue/data/dataset/ingest.h"
#include "segue/store/store.h"

namespace segue::pipeline {

struct ImportReport {
  data::IngestReport read;      // of which rows, logs, sources, notes and what was dropped on the way are set
  std::uint64_t added = 0;      // listens
  std::uint64_t known = 0;      // stored before: the same user, second and song
  std::uint64_t skipped = 0;    // marked as skipped, or played for less than options.min_played
  std::uint64_t playlists = 0;  // left out: nobody listened to them
  std::set<std::string> users;  // of the listens
};

// Adds the listens of the logs to the store, at the time each began. Importing a log twice adds nothing. `options`: as
// for data::ingest(); those of sessions and of the dataset mean nothing. Throws as data::read_logs() and the store do,
// and bad_input if the logs hold no listen; what was read until then may be stored.
ImportReport import_listens(std::span<const std::string> logs, const data::IngestOptions& options,
                            store::ListenStore& store, Progress& progress, const std::stop_token& stop);

}  // namespace segue::pipeline
