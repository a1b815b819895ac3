// A temporary file for what does not fit into memory. It has no name: it is gone when the process ends, however.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "segue/base/file.h"

namespace segue::data {

// Reads are thread safe; appends come from one thread at a time.
class SpillFile {
 public:
  // In this folder, made on the first write. Throws no_space, io_failed.
  explicit SpillFile(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Appends the bytes and returns where they are.
  std::uint64_t append(std::span<const std::byte> bytes);
  // Reads bytes written before.
  void read(std::uint64_t position, std::span<std::byte> bytes) const;
  std::uint64_t size() const { return size_; }

 private:
  std::filesystem::path folder_;
  FileHandle file_;
  std::uint64_t size_ = 0;
};

template <class Item>
std::uint64_t append_items(SpillFile& file, std::span<const Item> items) {
  return file.append(std::as_bytes(items));
}

template <class Item>
void read_items(const SpillFile& file, std::uint64_t position, std::span<Item> items) {
  file.read(position, std::as_writable_bytes(items));
}

}  // namespace segue::data
