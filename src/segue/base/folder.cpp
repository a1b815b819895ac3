#include "segue/base/folder.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <new>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/unique_name.h"

namespace segue {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kLockName = ".lock";
constexpr std::string_view kAsideEnding = "-old";

fs::path aside_of(const fs::path& temporary) {
  fs::path aside = temporary;
  aside += kAsideEnding;
  return aside;
}

FileHandle lock_folder(const fs::path& folder) {
  FileHandle lock(::open((folder / kLockName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) lock.close();
  return lock;
}

fs::path make_temporary_folder(const fs::path& target) {
  const fs::path parent = target.parent_path();
  fs::path made;  // before the folder: without memory nothing must be left behind
  const std::string name =
      with_unique_name((parent / temporary_prefix(target)).string(), [&](const std::string& tried) {
        made = tried;
        return ::mkdir(made.c_str(), 0777) == 0;
      });
  if (name.empty()) fail_errno(parent.string(), errno);
  return made;
}

// The first entry, by name, that is not one of the files that belong to the folder; "" if there is none.
std::string foreign_entry(const fs::path& folder, const std::vector<std::string>& files) {
  std::string first;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool known = name == kLockName || std::ranges::find(files, name) != files.end();
    if (known && !entry.is_directory()) continue;
    if (first.empty() || name < first) first = name;
  }
  return first;
}

bool is_empty_but_for_lock(const fs::path& folder) {
  return std::ranges::all_of(fs::directory_iterator(folder),
                             [](const auto& entry) { return entry.path().filename() == kLockName; });
}

// `shown` names the folder in messages.
void refuse_foreign_entries(const fs::path& folder, const FilesOfFolder& files_of, const fs::path& shown) {
  if (is_empty_but_for_lock(folder)) return;
  const std::string foreign = foreign_entry(folder, files_of(folder));
  if (foreign.empty()) return;
  fail(ErrorCode::wrong_use, "{}: expected only files that belong to the folder, found {}; move it out first",
       shown.string(), foreign);
}

// Whether a folder that a killed writer left holds something that it did not write. An unfinished one has no manifest
// yet: nobody else writes there.
bool holds_foreign_entry(const fs::path& folder, const FilesOfFolder& files_of) {
  try {
    return !is_empty_but_for_lock(folder) && !foreign_entry(folder, files_of(folder)).empty();
  } catch (const Error&) {
    return false;
  } catch (const fs::filesystem_error&) {
    return true;
  }
}

// The temporary folders of this target, those of living writers included.
std::vector<fs::path> temporary_folders(const fs::path& target) {
  std::vector<fs::path> folders;
  const std::string prefix = temporary_prefix(target);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(target.parent_path(), ignored)) {
    if (entry.path().filename().string().starts_with(prefix)) folders.push_back(entry.path());
  }
  std::ranges::sort(folders);
  return folders;
}

bool is_aside(const fs::path& folder) {
  return folder.filename().string().ends_with(kAsideEnding);
}

// Of a folder moved aside: whether its writer may still be about to put the new version in its place.
bool writer_lives(const fs::path& aside) {
  std::string temporary = aside.string();
  temporary.resize(temporary.size() - kAsideEnding.size());
  std::error_code ignored;
  return fs::is_directory(temporary, ignored) && !lock_folder(temporary);
}

bool put_back(const fs::path& target) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(target, ignored))) return false;
  for (const fs::path& folder : temporary_folders(target)) {
    if (!is_aside(folder) || writer_lives(folder)) continue;
    if (::rename(folder.c_str(), target.c_str()) == 0) {
      sync_directory(target.parent_path());
      return true;
    }
  }
  return false;
}

// Removes what killed writers of this target left behind; the lock tells it from folders in use.
void remove_abandoned(const fs::path& target, const FilesOfFolder& files_of) {
  const std::vector<fs::path> folders = temporary_folders(target);
  if (folders.empty()) return;
  put_back(target);
  // Whoever was killed may not have synced the names: what is removed now might be what `target` is after a crash.
  sync_directory(target.parent_path());
  std::error_code ignored;
  const bool has_target = fs::exists(target, ignored);
  for (const fs::path& folder : folders) {
    if (is_aside(folder) && (!has_target || writer_lives(folder))) continue;
    const FileHandle lock = lock_folder(folder);
    if (lock && !holds_foreign_entry(folder, files_of)) fs::remove_all(folder, ignored);
  }
}

void sync_file(const fs::path& path) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) fail_errno(path.string(), errno);
}

void sync_content(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename() != kLockName) sync_file(entry.path());
    if (entry.is_directory()) sync_directory(entry.path());
  }
  sync_directory(folder);
}

fs::path normalised(const fs::path& target) {
  if (target.empty()) fail(ErrorCode::wrong_use, "expected the name of a folder to write, found an empty one");
  fs::path path = fs::absolute(target).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // "model/" names the same folder as "model"
  return path;
}

// Where a chain of links leads, even if nothing is there now.
fs::path target_of_links(fs::path path) {
  constexpr int kMostLinks = 40;  // as the system's own limit
  std::error_code ignored;
  for (int i = 0; i < kMostLinks && fs::is_symlink(path, ignored); ++i) {
    path = (path.parent_path() / fs::read_symlink(path)).lexically_normal();
  }
  return path;
}

// What is left of it is for the next writer: the new version is in place, and nothing may fail any more. Even without
// memory, which libstdc++ needs to list a folder.
void remove_old_version(const fs::path& folder) {
  try {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  } catch (const std::bad_alloc&) {
    return;
  }
}

bool exchange_names(const fs::path& a, const fs::path& b) {
  return ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0;
}

}  // namespace

FolderWriter::FolderWriter(const fs::path& target, FilesOfFolder files_of)
    : target_(normalised(target)), files_of_(std::move(files_of)) {
  std::error_code error;
  restore_folder(target_);
  const fs::file_status status = fs::status(target_, error);
  if (fs::exists(status)) {
    if (!fs::is_directory(status)) {
      fail(ErrorCode::wrong_use, "{}: expected a folder to write, found a file", target.string());
    }
    refuse_foreign_entries(target, files_of_, target);
    // A link to a folder stays a link: the folder it points to is replaced.
    target_ = fs::canonical(target_);
  }
  const fs::path parent = target_.parent_path();
  if (!fs::is_directory(parent, error)) {
    const fs::path typed = target.parent_path().empty() ? parent : target.parent_path();
    fail(ErrorCode::not_found, "{}: no such folder to write {} in", typed.string(), target_.filename().string());
  }
  remove_abandoned(target_, files_of_);
  temporary_ = make_temporary_folder(target_);
  try {
    lock_ = lock_folder(temporary_);
    if (!lock_) fail_errno(temporary_.string(), errno);
  } catch (...) {
    fs::remove_all(temporary_, error);
    throw;
  }
}

FolderWriter::~FolderWriter() {
  std::error_code ignored;
  if (!committed_) fs::remove_all(temporary_, ignored);
}

void FolderWriter::commit() {
  sync_content(temporary_);
  put_in_place();
  // The lock moved with the folder, so no other writer could take it for abandoned before it had its name.
  ::unlink((target_ / kLockName).c_str());
}

void FolderWriter::put_in_place() {
  std::error_code error;
  if (fs::exists(target_, error)) {
    refuse_foreign_entries(target_, files_of_, target_);
    exchange();
    return;
  }
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_errno(target_.string(), errno);
  committed_ = true;
  sync_directory(target_.parent_path());
}

void FolderWriter::exchange() {
  const fs::path parent = target_.parent_path();  // no memory is needed once the names are exchanged
  old_lock_ = lock_folder(target_);               // or another writer would take the old version for abandoned
  if (!exchange_names(temporary_, target_)) {
    replace_by_moving_aside();
    return;
  }
  try {
    refuse_foreign_entries(temporary_, files_of_, target_);  // what was put there in the last moment
  } catch (...) {
    exchange_names(temporary_, target_);
    ::unlink((target_ / kLockName).c_str());
    throw;
  }
  committed_ = true;
  sync_directory(parent);
  remove_old_version(temporary_);  // by the exchange
}

void FolderWriter::replace_by_moving_aside() {
  const fs::path parent = target_.parent_path();
  const fs::path aside = aside_of(temporary_);
  if (::rename(target_.c_str(), aside.c_str()) != 0) fail_errno(target_.string(), errno);
  try {
    sync_directory(parent);
    refuse_foreign_entries(aside, files_of_, target_);
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_errno(target_.string(), errno);
  } catch (...) {
    static_cast<void>(::rename(aside.c_str(), target_.c_str()));
    ::unlink((target_ / kLockName).c_str());
    throw;
  }
  committed_ = true;
  sync_directory(parent);
  remove_old_version(aside);
}

FilesOfFolder exactly_files(std::vector<std::string> names) {
  return [names = std::move(names)](const fs::path& folder) {
    std::error_code ignored;
    for (const std::string& name : names) {
      if (fs::exists(folder / name, ignored)) continue;
      fail(ErrorCode::wrong_use, "{}: refusing to replace a folder that has files but no {}", folder.string(), name);
    }
    return names;
  };
}

void remove_folder(const fs::path& target, const FilesOfFolder& files_of) {
  const fs::path path = normalised(target);
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    refuse_foreign_entries(target, files_of, target);
    // A writer's temporary name: if the process ends here, the next writer or remover finds the folder abandoned and
    // removes it.
    const fs::path name = make_temporary_folder(path);
    if (::rename(path.c_str(), name.c_str()) != 0) {
      const int error_number = errno;
      fs::remove(name, ignored);
      fail_errno(path.string(), error_number);
    }
    sync_directory(path.parent_path());
  }
  remove_abandoned(path, files_of);
}

bool restore_folder(const fs::path& target) {
  try {
    return put_back(target_of_links(normalised(target)));
  } catch (const Error&) {
    return false;
  } catch (const fs::filesystem_error&) {
    return false;
  }
}

}  // namespace segue
