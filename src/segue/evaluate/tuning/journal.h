// What a search has found so far, in a file that survives whatever stops the search.
//
// JSON Lines: first what is searched, then a line for each trial that is done, written at once and synced before the
// next begins. A line that a kill cut short is dropped when the file is opened again; nothing else is ever rewritten.
#pragma once

#include <filesystem>
#include <vector>

#include "segue/base/file.h"
#include "segue/base/json_fwd.h"
#include "segue/evaluate/tuning/space.h"
#include "segue/evaluate/tuning/trial.h"

namespace segue::evaluate {

class Journal {
 public:
  // Opens the journal at `path`, or begins one. `about` is what the trials depend on (the digest of the dataset, the
  // split, the space, the seed); it may not change from one run to the next. Holds the file locked. Throws wrong_use
  // where the file is about something else, naming it, or is held by another search; corrupt where a line is none of
  // ours; unsupported where it is of a newer version.
  Journal(const std::filesystem::path& path, const json::object& about, const Space& space);

  const std::vector<Trial>& trials() const { return trials_; }
  // Throws no_space, io_failed.
  void add(const Trial& trial);

 private:
  std::filesystem::path path_;
  const Space& space_;
  FileHandle file_;
  std::vector<Trial> trials_;
};

// One trial as a line of the journal and of --json: with the options that are searched, and the epochs.
json::object to_json(const Trial& trial, const Space& space);

}  // namespace segue::evaluate
