// A folder that appears whole or not at all.
//
// Everything Segue writes is a folder of files (a dataset, a model). FolderWriter makes it under a temporary name
// beside the target, syncs every file, and exchanges names at the end: after a crash, a full disk or a kill there is
// the old folder or the new one, never half of one. A temporary folder holds a lock while its writer lives; one whose
// writer died is removed by the next writer of the same target.
#pragma once

#include <filesystem>
#include <string_view>

#include "segue/base/file.h"

namespace segue {

class FolderWriter {
 public:
  // Starts a new version of `target`. `marker` is a file that shows an existing folder to be one of ours
  // (manifest.json): a folder that is neither empty nor has it is refused (wrong_use), so that `-o ~` destroys nothing.
  // Throws wrong_use, not_found (no parent folder), no_space, io_failed.
  FolderWriter(const std::filesystem::path& target, std::string_view marker);

  // Removes the temporary folder when commit() was not reached.
  ~FolderWriter();
  FolderWriter(const FolderWriter&) = delete;
  FolderWriter& operator=(const FolderWriter&) = delete;

  // Where to write the files of the new version.
  const std::filesystem::path& path() const { return temporary_; }

  // Syncs everything and puts the new version in place of the old one, which is removed.
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
  FileHandle lock_;
  bool committed_ = false;
};

// Removes a folder of ours so that it is there whole or not at all: it loses its name first. Also removes what killed
// writers and removers of the same folder left behind. A folder that is not there is none to remove.
// Throws io_failed where it cannot be renamed.
void remove_folder(const std::filesystem::path& target);

}  // namespace segue
