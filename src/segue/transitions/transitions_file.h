// transitions.arrow: an Arrow IPC file, uncompressed, one row a song:
//   transitions list<uint8>: its list as coded_list.h encodes it
// Rows are split into record batches, so that the int32 offsets of a batch never overflow. Files of the first versions,
// with a column for each number (plain_lists.h), can still be read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "segue/base/file.h"
#include "segue/transitions/transitions.h"

namespace segue::transitions {

// How often two songs were played close together. All 0 if the transitions of neither song have the other.
struct PlayedTogether {
  std::uint32_t times = 0;  // pairs of plays
  float after = 0;          // the transition weight of the second song played after the first
  float before = 0;         // and before it
};

// A mapped file. Thread safe.
class TransitionsFile {
 public:
  // Checks types and the number of rows, without reading the rows. Throws not_found, io_failed, corrupt.
  TransitionsFile(const std::filesystem::path& path, std::uint32_t song_count);
  TransitionsFile(const MappedFile& file, std::uint32_t song_count);
  TransitionsFile(TransitionsFile&&) noexcept;
  TransitionsFile& operator=(TransitionsFile&&) noexcept;
  ~TransitionsFile();

  // Reads everything: every row is a whole list, the neighbours are other songs below song_count, and no weight is
  // negative or undefined. Throws corrupt.
  void check() const;

  // All REQUIRE: song < song_count, and check() has been called. Neighbours are ascending, in files of the first
  // versions the strongest first.
  TransitionsOf of(std::uint32_t song) const;
  std::vector<TransitionsOf> of(std::span<const std::uint32_t> songs) const;  // of each
  // `song` with each of `others`. A song keeps only its strongest neighbours, so a pair may be in either list; that of
  // `song` is preferred.
  std::vector<PlayedTogether> played_together(std::uint32_t song, std::span<const std::uint32_t> others) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Throws no_space, io_failed.
void write_transitions(const std::filesystem::path& path, const Transitions& transitions);
// The same of lists that are made as they are written: `coded(song)` is called for each song, in order.
void write_transitions(const std::filesystem::path& path, std::uint32_t songs,
                       const std::function<std::vector<std::uint8_t>(std::uint32_t song)>& coded);

}  // namespace segue::transitions
