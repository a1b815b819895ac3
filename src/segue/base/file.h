// Files: mapped whole for reading, written through a buffer, with every error reported.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segue {

// An owned file descriptor.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(other.release()) {}
  FileHandle& operator=(FileHandle&& other) noexcept;
  ~FileHandle();

  int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }
  int release();
  void close();  // idempotent

 private:
  int descriptor_ = -1;
};

// A whole file mapped read-only. The bytes live as long as the object or a copy of it, which shares them; moving it
// does not move them. Throws not_found, io_failed. An empty file maps to an empty span.
//
// The file must never be changed in place: what is mapped changes with it, and a page that it lost raises SIGBUS (see
// lost_pages.h). To replace a file, rename another one to its name.
class MappedFile {
 public:
  MappedFile() = default;
  explicit MappedFile(const std::filesystem::path& path);
  // Maps an open file; `path` names it in messages.
  MappedFile(FileHandle file, const std::filesystem::path& path);

  std::span<const std::byte> bytes() const;
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes().data()), bytes().size()}; }
  const std::filesystem::path& path() const;  // REQUIRES: a file is mapped
  // Its pages count as memory of this process no more, until they are read again.
  void drop_pages() const;
  // What was done to the file since it was mapped: a sentence with its path, or "" if it is as it was.
  std::string damage() const;

 private:
  struct Mapping;
  std::shared_ptr<const Mapping> mapping_;
};

// Writes a file from the start, buffered. close() flushes, syncs to the device and reports any error; without it the
// destructor drops what was not flushed. Throws no_space, io_failed, with the path in the message.
class FileWriter {
 public:
  explicit FileWriter(const std::filesystem::path& path);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }
  void close();

 private:
  void flush();

  std::filesystem::path path_;
  FileHandle file_;
  std::vector<std::byte> buffer_;
};

// A file that appears whole or not at all: it is written under a temporary name in the same folder and renamed at the
// end. The temporary file is locked while its writer lives; the next writer of the same file removes one whose writer
// was killed.
class AtomicFile {
 public:
  // Throws wrong_use if a folder, a device or a pipe has that name, not_found if its folder does not exist.
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();  // removes the temporary file unless commit() was reached
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::filesystem::path& path() const { return temporary_; }  // where to write
  void commit();  // syncs, and replaces any older file. REQUIRES: the file at path() is written and closed
  void commit_text(std::string_view text);  // writes it, then commits

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  FileHandle lock_;
  bool committed_ = false;
};

// Opens a file for reading, by its path or by its name in an open folder; `path` names it in messages then.
// Throws not_found, io_failed.
FileHandle open_for_reading(const std::filesystem::path& path);
FileHandle open_for_reading(const FileHandle& folder, const std::string& name, const std::filesystem::path& path);

// The text of a small file. Throws not_found, io_failed, and bad_input if it is larger than `limit` bytes.
std::string read_text(const std::filesystem::path& path, std::size_t limit = std::size_t{64} << 20);
std::string read_text(const FileHandle& file, const std::filesystem::path& path,
                      std::size_t limit = std::size_t{64} << 20);

// Replaces `path` with a file of this text; a reader or a crash sees the old file or the new one.
void write_text_atomically(const std::filesystem::path& path, std::string_view text);

// Makes the names in `directory` durable (fsync of the directory itself).
void sync_directory(const std::filesystem::path& directory);

}  // namespace segue
