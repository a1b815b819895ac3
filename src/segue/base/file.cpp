#include "segue/base/file.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/lost_pages.h"
#include "segue/base/unique_name.h"

namespace segue {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kWriteBuffer = std::size_t{1} << 20;

void write_all(int descriptor, std::span<const std::byte> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail_errno(path.string(), errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

[[noreturn]] void fail_to_open(const fs::path& path, int error_number) {
  if (error_number == ENOENT || error_number == ENOTDIR) fail(ErrorCode::not_found, "{}: no such file", path.string());
  fail_errno(path.string(), error_number);
}

// Removes temporary files whose writer is gone; the lock tells them from those in use.
void remove_abandoned_files(const fs::path& parent, const std::string& prefix) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    if (!entry.path().filename().string().starts_with(prefix) || !entry.is_regular_file(ignored)) continue;
    const FileHandle file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC));
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) ::unlink(entry.path().c_str());
  }
}

struct stat status_of(const FileHandle& file, const fs::path& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail_errno(path.string(), errno);
  if (S_ISDIR(status.st_mode)) fail(ErrorCode::bad_input, "{}: expected a file, found a folder", path.string());
  return status;
}

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = other.release();
  }
  return *this;
}

FileHandle::~FileHandle() {
  close();
}

int FileHandle::release() {
  return std::exchange(descriptor_, -1);
}

void FileHandle::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

struct MappedFile::Mapping {
  Mapping(FileHandle opened, const fs::path& shown) : file(std::move(opened)), path(shown) {
    before = status_of(file, path);
    const auto size = static_cast<std::size_t>(before.st_size);
    if (size == 0) return;
    void* const address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
    if (address == MAP_FAILED) fail_errno(path.string(), errno);
    bytes = {static_cast<const std::byte*>(address), size};
    try {
      watched.emplace(bytes);
    } catch (...) {
      ::munmap(address, size);
      throw;
    }
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    watched.reset();
    if (!bytes.empty()) ::munmap(const_cast<std::byte*>(bytes.data()), bytes.size());
  }

  FileHandle file;
  fs::path path;
  struct stat before {};
  std::span<const std::byte> bytes;
  std::optional<WatchedPages> watched;
};

MappedFile::MappedFile(const fs::path& path) : MappedFile(open_for_reading(path), path) {}

MappedFile::MappedFile(FileHandle file, const fs::path& path)
    : mapping_(std::make_shared<const Mapping>(std::move(file), path)) {}

std::span<const std::byte> MappedFile::bytes() const {
  return mapping_ == nullptr ? std::span<const std::byte>() : mapping_->bytes;
}

const fs::path& MappedFile::path() const {
  SEGUE_ASSERT(mapping_ != nullptr);
  return mapping_->path;
}

void MappedFile::drop_pages() const {
  const std::span<const std::byte> all = bytes();
  if (!all.empty()) ::madvise(const_cast<std::byte*>(all.data()), all.size(), MADV_DONTNEED);
}

std::string MappedFile::damage() const {
  if (mapping_ == nullptr) return "";
  const std::string name = mapping_->path.string();
  struct stat now {};
  if (::fstat(mapping_->file.get(), &now) != 0) return fmt::format("{}: {}", name, std::strerror(errno));
  if (now.st_size != mapping_->before.st_size) {
    return fmt::format("{}: expected {} bytes, found {}: the file was changed while in use", name,
                       mapping_->before.st_size, now.st_size);
  }
  // Not the time of change: that of a link or of a name given up is no damage.
  if (!same_time(now.st_mtim, mapping_->before.st_mtim) || (mapping_->watched && mapping_->watched->lost())) {
    return fmt::format("{}: expected the file as it was opened, found it changed while in use", name);
  }
  return "";
}

FileWriter::FileWriter(const fs::path& path) : path_(path) {
  file_ = FileHandle(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file_) fail_errno(path.string(), errno);
  buffer_.reserve(kWriteBuffer);
}

FileWriter::~FileWriter() = default;

void FileWriter::write(std::span<const std::byte> bytes) {
  if (buffer_.size() + bytes.size() > kWriteBuffer) flush();
  if (bytes.size() >= kWriteBuffer) {
    write_all(file_.get(), bytes, path_);
  } else {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }
}

void FileWriter::flush() {
  write_all(file_.get(), buffer_, path_);
  buffer_.clear();
}

void FileWriter::close() {
  flush();
  if (::fsync(file_.get()) != 0) fail_errno(path_.string(), errno);
  if (::close(file_.release()) != 0) fail_errno(path_.string(), errno);
}

FileHandle open_for_reading(const fs::path& path) {
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) fail_to_open(path, errno);
  return file;
}

FileHandle open_for_reading(const FileHandle& folder, const std::string& name, const fs::path& path) {
  FileHandle file(::openat(folder.get(), name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) fail_to_open(path, errno);
  return file;
}

std::string read_text(const fs::path& path, std::size_t limit) {
  return read_text(open_for_reading(path), path, limit);
}

std::string read_text(const FileHandle& file, const fs::path& path, std::size_t limit) {
  std::string text;
  std::size_t used = 0;
  // Reads to the end instead of trusting the size: pipes and /proc files report none.
  text.resize(static_cast<std::size_t>(status_of(file, path).st_size) + 4096);
  for (;;) {
    if (used == text.size()) text.resize(text.size() * 2);
    const ssize_t count = ::read(file.get(), text.data() + used, text.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_errno(path.string(), errno);
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
    if (used > limit) fail(ErrorCode::bad_input, "{}: expected at most {} bytes, found more", path.string(), limit);
  }
  text.resize(used);
  return text;
}

AtomicFile::AtomicFile(const fs::path& path) : path_(path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    fail(ErrorCode::wrong_use, "{}: expected a file to write, found a folder", path.string());
  }
  // Renaming would replace /dev/null with a file.
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
    fail(ErrorCode::wrong_use, "{}: expected a file to write, found a device or a pipe", path.string());
  }
  const fs::path parent = folder_of(path);
  if (!fs::is_directory(parent, ignored)) {
    fail(ErrorCode::not_found, "{}: no such folder to write {} in", parent.string(), path.filename().string());
  }
  const std::string prefix = temporary_prefix(path);
  remove_abandoned_files(parent, prefix);
  with_unique_name((parent / prefix).string(), [this](const std::string& name) {
    temporary_ = name;  // before the file: without memory nothing must be left behind
    lock_ = FileHandle(::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    return static_cast<bool>(lock_);
  });
  if (!lock_) fail_errno(path.string(), errno);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    const int error_number = errno;
    ::unlink(temporary_.c_str());
    fail_errno(path.string(), error_number);
  }
}

AtomicFile::~AtomicFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::commit() {
  const FileHandle file(::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) fail_errno(path_.string(), errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail_errno(path_.string(), errno);
  committed_ = true;
  sync_directory(folder_of(path_));
}

void AtomicFile::commit_text(std::string_view text) {
  FileWriter writer(temporary_);
  writer.write(text);
  writer.close();
  commit();
}

void write_text_atomically(const fs::path& path, std::string_view text) {
  AtomicFile(path).commit_text(text);
}

void sync_directory(const fs::path& directory) {
  const FileHandle handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle) fail_errno(directory.string(), errno);
  // Some file systems cannot sync a directory and return EINVAL; their renames are as durable as they get.
  if (::fsync(handle.get()) != 0 && errno != EINVAL) fail_errno(directory.string(), errno);
}

}  // namespace segue
