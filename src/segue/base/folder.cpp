#include "segue/base/folder.h"

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "segue/base/error.h"

namespace segue {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kLockName = ".lock";

std::string temporary_prefix(const fs::path& target) {
  return fmt::format(".{}.segue-", target.filename().string());
}

FileHandle lock_folder(const fs::path& folder) {
  FileHandle lock(::open((folder / kLockName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) lock.close();
  return lock;
}

// Removes what killed writers of this target left behind; the lock tells it from folders in use.
void remove_abandoned(const fs::path& parent, const std::string& prefix) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    if (const FileHandle lock = lock_folder(entry.path())) fs::remove_all(entry.path(), ignored);
  }
}

void sync_file(const fs::path& path) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) fail_errno(path.string(), errno);
}

fs::path normalised(const fs::path& target) {
  if (target.empty()) fail(ErrorCode::wrong_use, "expected the name of a folder to write, found an empty one");
  fs::path path = fs::absolute(target).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // "model/" names the same folder as "model"
  return path;
}

}  // namespace

FolderWriter::FolderWriter(const fs::path& target, std::string_view marker) : target_(normalised(target)) {
  std::error_code error;
  const fs::file_status status = fs::status(target_, error);
  if (fs::exists(status)) {
    if (!fs::is_directory(status)) {
      fail(ErrorCode::wrong_use, "{}: expected a folder to write, found a file", target.string());
    }
    if (!fs::is_empty(target_, error) && !fs::exists(target_ / marker, error)) {
      fail(ErrorCode::wrong_use, "{}: refusing to replace a folder that has files but no {}", target.string(), marker);
    }
    // A link to a folder stays a link: the folder it points to is replaced.
    target_ = fs::canonical(target_);
  }
  const fs::path parent = target_.parent_path();
  if (!fs::is_directory(parent, error)) {
    const fs::path typed = target.parent_path().empty() ? parent : target.parent_path();
    fail(ErrorCode::not_found, "{}: no such folder to write {} in", typed.string(), target_.filename().string());
  }
  const std::string prefix = temporary_prefix(target_);
  remove_abandoned(parent, prefix);

  std::string name = (parent / (prefix + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) fail_errno(parent.string(), errno);
  temporary_ = name;
  ::chmod(name.c_str(), 0755);
  lock_ = lock_folder(temporary_);
  if (!lock_) {
    const int error_number = errno;
    fs::remove_all(temporary_, error);
    fail_errno(temporary_.string(), error_number);
  }
}

FolderWriter::~FolderWriter() {
  std::error_code ignored;
  if (!committed_) fs::remove_all(temporary_, ignored);
}

void FolderWriter::commit() {
  for (const auto& entry : fs::recursive_directory_iterator(temporary_)) {
    if (entry.is_regular_file() && entry.path().filename() != kLockName) sync_file(entry.path());
    if (entry.is_directory()) sync_directory(entry.path());
  }
  sync_directory(temporary_);
  const fs::path parent = target_.parent_path();

  std::error_code error;
  if (!fs::exists(target_, error)) {
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_errno(target_.string(), errno);
    committed_ = true;
  } else if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) == 0) {
    committed_ = true;
    fs::remove_all(temporary_, error);  // now the old version
  } else {
    // A file system that cannot exchange names: the old version moves aside first.
    fs::path aside = temporary_;
    aside += "-old";
    if (::rename(target_.c_str(), aside.c_str()) != 0) fail_errno(target_.string(), errno);
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
      const int error_number = errno;
      (void)::rename(aside.c_str(), target_.c_str());
      fail_errno(target_.string(), error_number);
    }
    committed_ = true;
    fs::remove_all(aside, error);
  }
  // The lock moved with the folder, so no other writer could take it for abandoned before it had its name.
  ::unlink((target_ / kLockName).c_str());
  sync_directory(parent);
}

void remove_folder(const fs::path& target) {
  const fs::path path = normalised(target);
  const fs::path parent = path.parent_path();
  const std::string prefix = temporary_prefix(path);
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    // A writer's temporary name: if the process ends here, the next writer or remover finds the folder abandoned and
    // removes it.
    std::string name = (parent / (prefix + "XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) fail_errno(parent.string(), errno);
    if (::rename(path.c_str(), name.c_str()) != 0) {
      const int error_number = errno;
      fs::remove(name, ignored);
      fail_errno(path.string(), error_number);
    }
    sync_directory(parent);
  }
  remove_abandoned(parent, prefix);
}

}  // namespace segue
