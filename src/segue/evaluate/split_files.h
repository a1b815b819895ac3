// The files of an exported split, in JSON Lines or Parquet (split_export.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "segue/evaluate/options.h"

namespace segue::evaluate {

struct ExportedSong {
  std::uint32_t song = 0;
  std::string_view id;
  std::string_view artist;
  std::string_view title;
  std::uint64_t plays = 0;  // in training
};

// A queue to learn from.
struct ExportedQueue {
  std::uint64_t queue = 0;
  std::optional<std::uint32_t> user;
  std::optional<std::int64_t> start;
  std::span<const std::uint32_t> songs;
};

struct ExportedPosition {
  std::uint64_t position = 0;
  std::string_view task;
  std::uint64_t queue = 0;  // of the held-out ones
  std::optional<std::uint32_t> user;
  std::optional<std::int64_t> start;
  std::span<const std::uint32_t> heard;
  std::span<const std::uint32_t> masked;
  std::optional<std::uint32_t> target;  // to a file of its own; none if the song is not in the catalogue
};

// Writes the files. All rows of a kind are added before those of the next. Not thread safe.
class SplitFiles {
 public:
  virtual ~SplitFiles() = default;
  virtual void add(const ExportedSong& song) = 0;
  virtual void add(const ExportedQueue& queue) = 0;
  virtual void add(const ExportedPosition& position) = 0;
  virtual void close() = 0;  // throws no_space, io_failed
};

std::unique_ptr<SplitFiles> make_split_json(const std::filesystem::path& folder);
std::unique_ptr<SplitFiles> make_split_parquet(const std::filesystem::path& folder);

}  // namespace segue::evaluate
