// The trials of a search so far, in a file that survives whatever stops the search.
//
// JSON Lines: first the search space, then a line for each finished trial, written in one piece and synced before the
// next trial starts. A truncated last line is dropped when the file is reopened; nothing else is ever rewritten.
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
  // Opens the journal at `path` or creates one, and locks it. `about` is everything that the trials depend on (the
  // digest of the dataset, the split, the space, the seed); it must not change between runs. Throws wrong_use if the
  // journal is about something else (the message names the difference) or is locked by another search, corrupt if a
  // line is not a journal's, and unsupported if it is of a newer version.
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

// One trial as in the journal and --json: the options that are searched, and the epochs.
json::object to_json(const Trial& trial, const Space& space);

}  // namespace segue::evaluate
