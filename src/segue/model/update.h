// A new version of a model folder that differs from the old one in a file or two: another index, a map.
#pragma once

#include <filesystem>

#include "segue/base/folder.h"
#include "segue/base/json.h"
#include "segue/base/manifest.h"

namespace segue {

// Not thread safe. Without commit() the model stays as it was.
class ModelUpdate {
 public:
  // Starts a version with all files of the old one, which take no room of their own: they are links to the same bytes.
  // Throws as open_manifest and FolderWriter do.
  explicit ModelUpdate(const std::filesystem::path& model);

  // The folder of the new version. A file of it is replaced by removing it and writing it anew, never in place: the old
  // version would change with it.
  const std::filesystem::path& path() const { return writer_.path(); }
  // What the manifest says, but "files".
  json::object& fields() { return fields_; }

  // Writes the manifest and puts the new version in place of the old one. Throws corrupt where a file that was
  // not replaced no longer has the digest it was written with, no_space, io_failed.
  void commit();

 private:
  Manifest old_;
  std::filesystem::path model_;
  FolderWriter writer_;
  json::object fields_;
};

}  // namespace segue
