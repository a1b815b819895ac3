// A folder held open, so that all files read from it belong together.
//
// A writer replaces a folder by giving its name to another one (folder.h). Whoever opened files one after the other by
// their paths could get some of the old version and some of the new; here all are opened through one descriptor.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "segue/base/error.h"
#include "segue/base/file.h"

namespace segue {

// Thread safe.
class OpenFolder {
 public:
  // A folder that an interrupted writer moved aside is put back first. Throws not_found, wrong_use if it is a file,
  // io_failed.
  explicit OpenFolder(const std::filesystem::path& path);

  const std::filesystem::path& path() const;  // as given, for messages
  const FileHandle& handle() const;
  // Whether path() still leads to this folder.
  bool has_its_name() const;
  // Whether there is a file or folder of this name.
  bool contains(std::string_view name) const;
  // The file, mapped: the same map for every call, so that bytes that were verified are those that are used.
  MappedFile map(std::string_view name) const;
  // As MappedFile::drop_pages(), of all files that were mapped.
  void drop_pages() const;
  // What was done to a mapped file: as MappedFile::damage(), of the first that was changed.
  std::string damage() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Calls open(folder) for the folder that `path` leads to. If that fails because the folder was replaced meanwhile, and
// its files removed, it is called again for the new one.
template <class Open>
auto open_whole(const std::filesystem::path& path, const Open& open) {
  for (;;) {
    const OpenFolder folder(path);
    try {
      return open(folder);
    } catch (const Error&) {
      if (folder.has_its_name()) throw;
    }
  }
}

}  // namespace segue
