// Finds the logs among what the user named: files, folders, archives and compressed files in any nesting, standard
// input, pipes, and URIs of stores (s3://, gs://, file://).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <arrow/filesystem/type_fwd.h>
#include <arrow/io/type_fwd.h>

#include "segue/data/log/input/byte_stream.h"

namespace segue::data {

// One log, opened.
struct Input {
  std::string name;  // "export.zip/listens/2025/6.jsonl"
  PeekableStream& stream;
  // The same bytes for formats that are not read front to back; null if there is no such file.
  std::shared_ptr<arrow::io::RandomAccessFile> file;
  // The folder's part of the columns: date and 2024-01-15 of ".../date=2024-01-15/part-0.parquet".
  std::vector<std::pair<std::string, std::string>> partition;
  // Named by the user, not found in a folder or archive.
  bool named = false;
};

class Inputs {
 public:
  // A file that the user named or that is in a folder the user named.
  struct File {
    std::string name;
    std::uint64_t bytes = 0;    // 0 for pipes
    std::int64_t modified = 0;  // when it was last written: nanoseconds since 1970; 0 for pipes
  };

  // Lists all files, sorted by name in each folder, without hidden ones and those that start with "_". "-" is standard
  // input. Throws not_found, bad_input for an empty file or folder, unavailable for a store out of reach.
  explicit Inputs(std::span<const std::string> names);
  ~Inputs();
  Inputs(const Inputs&) = delete;
  Inputs& operator=(const Inputs&) = delete;

  const std::vector<File>& files() const { return files_; }
  std::uint64_t bytes() const;
  std::uint64_t bytes_read() const { return bytes_read_; }

  // Opens each log in turn, also those in archives. Throws what `visit` throws, bad_input, io_failed.
  void for_each(const std::function<void(Input&)>& visit);

 private:
  struct Place;

  void find(const std::string& name);
  void find_in_folder(const std::shared_ptr<arrow::fs::FileSystem>& system, const std::string& folder,
                      const std::string& name);
  void open(const File& file, const Place& place, const std::function<void(Input&)>& visit);

  std::vector<File> files_;
  std::vector<Place> places_;  // of each file
  std::atomic<std::uint64_t> bytes_read_ = 0;
};

}  // namespace segue::data
