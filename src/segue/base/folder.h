// A folder that appears whole or not at all.
//
// Everything Segue writes is a folder of files (a dataset, a model). FolderWriter builds it under a temporary name next
// to the target, syncs every file, and exchanges the names at the end: after a crash, a full disk or a kill, the folder
// is the old one or the new one, never half of one. A temporary folder is locked while its writer lives; the next
// writer of the same target removes one whose writer died.
#pragma once

#include <filesystem>
#include <string_view>

#include "segue/base/file.h"

namespace segue {

class FolderWriter {
 public:
  // Starts a new version of `target`. `marker` is a file (manifest.json) that identifies an existing folder as ours: a
  // non-empty folder without it is refused (wrong_use), so that `-o ~` destroys nothing.
  // Throws wrong_use, not_found (no parent folder), no_space, io_failed.
  FolderWriter(const std::filesystem::path& target, std::string_view marker);

  // Removes the temporary folder unless commit() was reached.
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

// Removes a folder of ours, whole or not at all: it is renamed first. Also removes what killed writers and removers of
// the same folder left behind. A missing folder is no error. Throws io_failed if it cannot be renamed.
void remove_folder(const std::filesystem::path& target);

}  // namespace segue
