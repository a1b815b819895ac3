// How often each user skipped each song: skips.arrow of a dataset.
//
//   user    utf8      in the order of queues.arrow
//   song    uint32    a row of songs.arrow; those of a user in ascending order
//   skips   uint32    listens that were marked as skipped, or too short to be plays
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "segue/base/file.h"
#include "segue/data/dataset/song_row.h"

namespace segue::data {

inline constexpr std::string_view kSkipsName = "skips.arrow";

// Thread safe. The texts belong to it.
class Skips {
 public:
  Skips();
  // Maps and checks the file. Throws not_found, corrupt.
  Skips(const MappedFile& skips_arrow, std::uint32_t song_count);
  Skips(Skips&&) noexcept;
  Skips& operator=(Skips&&) noexcept;
  ~Skips();

  std::size_t size() const { return size_; }
  // REQUIRES: i < size().
  std::string_view user(std::size_t i) const;
  SongRow song(std::size_t i) const;
  std::uint32_t times(std::size_t i) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::size_t size_ = 0;
};

class SkipsWriter {
 public:
  explicit SkipsWriter(const std::filesystem::path& skips_arrow);
  ~SkipsWriter();
  // Users come in their order, the songs of each in any.
  void add(std::string_view user, SongRow song, std::uint32_t times);
  void close();  // throws no_space, io_failed

 private:
  void end_user();

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::data
