#include "segue/data/dataset/spill_file.h"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "segue/base/error.h"

namespace segue::data {

namespace {

FileHandle nameless_file(const std::filesystem::path& folder) {
  FileHandle file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file) return file;
  // Not every filesystem has nameless files.
  std::string name = (folder / "spill-XXXXXX").string();
  file = FileHandle(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) fail_errno(folder.string(), errno);
  ::unlink(name.c_str());
  return file;
}

}  // namespace

std::uint64_t SpillFile::append(std::span<const std::byte> bytes) {
  if (!file_) file_ = nameless_file(folder_);
  const std::uint64_t position = size_;
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_errno(folder_.string(), errno);
    size_ += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return position;
}

void SpillFile::read(std::uint64_t position, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t read = ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(position));
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) fail_errno(folder_.string(), errno);
    if (read == 0) fail(ErrorCode::io_failed, "{}: a temporary file ended early", folder_.string());
    position += static_cast<std::uint64_t>(read);
    bytes = bytes.subspan(static_cast<std::size_t>(read));
  }
}

}  // namespace segue::data
