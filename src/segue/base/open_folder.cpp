#include "segue/base/open_folder.h"

#include <cerrno>
#include <map>
#include <mutex>

#include <fcntl.h>
#include <sys/stat.h>

#include "segue/base/error.h"
#include "segue/base/folder.h"

namespace segue {

namespace fs = std::filesystem;

struct OpenFolder::State {
  fs::path path;
  FileHandle handle;
  std::mutex mutex;  // guards maps
  std::map<std::string, MappedFile, std::less<>> maps;
};

OpenFolder::OpenFolder(const fs::path& path) : state_(std::make_shared<State>()) {
  state_->path = path;
  int reason = 0;
  const auto open = [&] {
    FileHandle handle(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    reason = handle ? 0 : errno;
    return handle;
  };
  state_->handle = open();
  if (reason == ENOENT && restore_folder(path)) state_->handle = open();
  if (state_->handle) return;
  if (reason == ENOENT) fail(ErrorCode::not_found, "{}: no such folder", path.string());
  if (reason == ENOTDIR) fail(ErrorCode::wrong_use, "{}: expected a folder, found a file", path.string());
  fail_errno(path.string(), reason);
}

const fs::path& OpenFolder::path() const {
  return state_->path;
}

const FileHandle& OpenFolder::handle() const {
  return state_->handle;
}

bool OpenFolder::has_its_name() const {
  struct stat named {};
  struct stat opened {};
  return ::stat(state_->path.c_str(), &named) == 0 && ::fstat(state_->handle.get(), &opened) == 0 &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

bool OpenFolder::contains(std::string_view name) const {
  return ::faccessat(state_->handle.get(), std::string(name).c_str(), F_OK, 0) == 0;
}

MappedFile OpenFolder::map(std::string_view name) const {
  const std::scoped_lock lock(state_->mutex);
  const auto known = state_->maps.find(name);
  if (known != state_->maps.end()) return known->second;
  const fs::path path = state_->path / name;
  MappedFile file(open_for_reading(state_->handle, std::string(name), path), path);
  return state_->maps.emplace(name, std::move(file)).first->second;
}

void OpenFolder::drop_pages() const {
  const std::scoped_lock lock(state_->mutex);
  for (const auto& [name, file] : state_->maps) file.drop_pages();
}

std::string OpenFolder::damage() const {
  const std::scoped_lock lock(state_->mutex);
  for (const auto& [name, file] : state_->maps) {
    if (std::string damage = file.damage(); !damage.empty()) return damage;
  }
  return "";
}

}  // namespace segue
