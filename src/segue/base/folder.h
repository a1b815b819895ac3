// A folder that appears whole or not at all.
//
// Everything Segue writes is a folder of files (a dataset, a model). FolderWriter builds it under a temporary name next
// to the target, syncs every file, and exchanges the names at the end: after a crash, a full disk or a kill, the folder
// is the old one or the new one, never half of one. The old one is removed once the exchange itself is on the disk.
//
// Names of temporary folders next to a target "d":
//   .d.segue-abc123        being written, or the old version on its way out. Locked while its writer lives
//   .d.segue-abc123-old    the old version while the new one gets its name, on file systems that cannot exchange names.
//                          A kill in that moment leaves no "d": the next reader or writer puts this one back
// The next writer of the same target removes what killed writers left.
//
// Nothing is deleted that a writer does not know: a folder is replaced only if every entry in it is a file that belongs
// to it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/file.h"

namespace segue {

// The names of the files that an existing, non-empty folder may hold to be replaced. Throws wrong_use if it is of
// another kind. See also replaces() in manifest.h.
using FilesOfFolder = std::function<std::vector<std::string>(const std::filesystem::path& folder)>;

class FolderWriter {
 public:
  // Starts a new version of `target`. Throws wrong_use for a folder of another kind and for one that holds anything but
  // its own files (naming it), so that `-o ~` destroys nothing; not_found (no parent folder), no_space, io_failed.
  FolderWriter(const std::filesystem::path& target, FilesOfFolder files_of);

  // Removes the temporary folder unless commit() was reached.
  ~FolderWriter();
  FolderWriter(const FolderWriter&) = delete;
  FolderWriter& operator=(const FolderWriter&) = delete;

  // Where to write the files of the new version.
  const std::filesystem::path& path() const { return temporary_; }

  // Syncs everything and puts the new version in place of the old one, which is removed. Throws wrong_use, with nothing
  // changed, if the old one has got a file of someone else's meanwhile.
  void commit();

 private:
  void put_in_place();
  void exchange();
  void replace_by_moving_aside();

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  FilesOfFolder files_of_;
  FileHandle lock_;
  FileHandle old_lock_;  // of the old version, while it is being replaced
  bool committed_ = false;
};

// The rule for folders without a manifest: these files, all of them and no others.
FilesOfFolder exactly_files(std::vector<std::string> names);

// Removes a folder of ours, whole or not at all: it is renamed first. Also removes what killed writers and removers of
// the same folder left behind. A missing folder is no error. Throws wrong_use as FolderWriter does, and io_failed if it
// cannot be renamed.
void remove_folder(const std::filesystem::path& target, const FilesOfFolder& files_of);

// If there is no `target` because its writer was killed on a file system that cannot exchange names: puts the old
// version back. Whether it did.
bool restore_folder(const std::filesystem::path& target);

}  // namespace segue
