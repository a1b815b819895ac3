// What the parts of a dataset (parts.h) know of its songs while it is made: two tables that all machines see.
//
// numbers.arrow: every song that the logs mention, sorted by the first two columns
//   by_name   uint8    1 if the song is known by artist and title
//   id        utf8     its id, or artist and title folded
//   number    uint32   of the song that it is
//
// plays.arrow of a part: the songs in its queues
//   number    uint32
//   plays     uint64
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "segue/data/dataset/song_register.h"

namespace segue::data {

// Thread safe.
class SongNumbers {
 public:
  // Maps the file. Throws not_found, corrupt.
  explicit SongNumbers(const std::filesystem::path& numbers_arrow);
  ~SongNumbers();
  SongNumbers(const SongNumbers&) = delete;
  SongNumbers& operator=(const SongNumbers&) = delete;

  // Throws bad_input for a song that is not there: the table was not the same when its songs were counted.
  std::uint32_t of(bool by_name, std::string_view id) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Throws no_space, io_failed.
void write_numbers(const std::filesystem::path& numbers_arrow, const SongRegister& songs,
                   std::span<const std::uint32_t> number_of);

inline constexpr std::string_view kNumberedPlaysName = "plays.arrow";

// `plays` of songs whose numbers these are; songs without plays are left out. Throws no_space, io_failed.
void write_numbered_plays(const std::filesystem::path& folder, std::span<const std::uint64_t> plays,
                          std::span<const std::uint32_t> numbers);
// Adds them to the plays by number. Throws not_found, corrupt.
void add_numbered_plays(const std::filesystem::path& folder, std::span<std::uint64_t> plays);

}  // namespace segue::data
